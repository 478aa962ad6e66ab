// SPDX-License-Identifier: GPL-2.0
/* Build ids, segments. The files may be anybody's: every offset is checked. */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buildid.h"

#define NOTES_MAX	(64 << 10)
#define SEGMENTS_MAX	128

int buildid_of_notes(const void *notes, size_t bytes, char text[BUILDID_TEXT])
{
	const unsigned char *at = notes;

	while (bytes >= sizeof(Elf64_Nhdr)) {
		const unsigned char *name, *id;
		Elf64_Nhdr note;
		size_t size, i;

		memcpy(&note, at, sizeof(note));
		if (note.n_namesz > NOTES_MAX || note.n_descsz > NOTES_MAX)
			break;
		name = at + sizeof(note);
		id = name + (note.n_namesz + 3) / 4 * 4;
		size = id + (note.n_descsz + 3) / 4 * 4 - at;
		if (size > bytes)
			break;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    !memcmp(name, "GNU", 4) && note.n_descsz <= (BUILDID_TEXT - 1) / 2) {
			for (i = 0; i < note.n_descsz; i++)
				sprintf(text + 2 * i, "%02x", id[i]);
			return note.n_descsz ? 0 : -ENOENT;
		}
		at += size;
		bytes -= size;
	}
	return -ENOENT;
}

static int read_at(int fd, void *to, size_t bytes, off_t offset)
{
	return pread(fd, to, bytes, offset) == (ssize_t)bytes ? 0 : -ENOENT;
}

static int search_segments(int fd, const Elf64_Ehdr *header, char *text)
{
	char *notes = NULL;
	int err = -ENOENT;
	int i;

	notes = malloc(NOTES_MAX);
	if (!notes)
		return -ENOMEM;
	for (i = 0; i < header->e_phnum && i < SEGMENTS_MAX && err == -ENOENT; i++) {
		Elf64_Phdr segment;

		if (read_at(fd, &segment, sizeof(segment), header->e_phoff + i * sizeof(segment)))
			break;
		if (segment.p_type != PT_NOTE || segment.p_filesz > NOTES_MAX ||
		    read_at(fd, notes, segment.p_filesz, segment.p_offset))
			continue;
		err = buildid_of_notes(notes, segment.p_filesz, text);
	}
	free(notes);
	return err;
}

/* A regular file that begins as those of 64 bits do. */
static int read_header(int fd, Elf64_Ehdr *header)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || read_at(fd, header, sizeof(*header), 0) ||
	    memcmp(header->e_ident, ELFMAG, SELFMAG) ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_phentsize != sizeof(Elf64_Phdr))
		return -ENOENT;
	return 0;
}

int buildid_of_file(int fd, char text[BUILDID_TEXT])
{
	Elf64_Ehdr header;
	int err = read_header(fd, &header);

	return err ? err : search_segments(fd, &header, text);
}

int code_segments(int fd, struct code_segment segments[CODE_SEGMENTS])
{
	Elf64_Ehdr header;
	int found = 0, err, i;

	err = read_header(fd, &header);
	if (err)
		return err;
	for (i = 0; i < header.e_phnum && i < SEGMENTS_MAX && found < CODE_SEGMENTS; i++) {
		Elf64_Phdr segment;

		if (read_at(fd, &segment, sizeof(segment), header.e_phoff + i * sizeof(segment)))
			break;
		if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X))
			continue;
		segments[found++] = (struct code_segment){
			.offset = segment.p_offset,
			.address = segment.p_vaddr,
			.bytes = segment.p_filesz,
		};
	}
	return found;
}
