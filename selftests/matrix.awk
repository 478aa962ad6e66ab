# SPDX-License-Identifier: GPL-2.0
# The tables of selftests/matrix. KERNELS lists "KERNEL ARCH", HOOKS "HOOK<tab>WHAT", SUITES the suites, each on lines.
# Input: "KERNEL ARCH SUITE VERDICT TEXT". VERDICT is release, TEXT what uname says there; or ok or failed, TEXT being
# "ROW: WHAT", or "ROW # SKIP WHY" where the kernel lacks all of it, or "ROW: WHAT # SKIP WHY".

# reason(text): its number; the same one for the same text.
function reason(text)
{
	if (!(text in number)) {
		number[text] = ++reasons
		why[reasons] = text
	}
	return number[text]
}

function add_row(suite, row)
{
	if ((suite, row) in known)
		return
	known[suite, row] = 1
	order[suite, ++rows[suite]] = row
}

# A part may be tested on several machines: one of them that has it is enough.
function add_result(suite, column, verdict, text,	row, why_not)
{
	why_not = ""
	if (match(text, / # SKIP /)) {
		why_not = substr(text, RSTART + RLENGTH)
		sub(/^not offered by this kernel: /, "", why_not)
		text = substr(text, 1, RSTART - 1)
	}
	row = text
	sub(/[: ].*/, "", row)
	add_row(suite, row)
	if (verdict == "failed") {
		failed[suite, row, column] = 1
		failures[suite, column]++
	} else if (!why_not) {
		passed[suite, row, column] = 1
		if (!had[suite, column, text]++)
			passes[suite, column]++
	} else if (!((suite, column, text) in lacks)) {
		lacks[suite, column, text] = why_not
		parts[suite, row, column] = parts[suite, row, column] text "\n"
	}
}

# lacking(suite, row, column): numbers of the reasons for what is not there.
function lacking(suite, row, column,	text, texts, n, i, r, list, listed)
{
	n = split(parts[suite, row, column], texts, "\n")
	for (i = 1; i < n; i++) {
		text = texts[i]
		if (had[suite, column, text])
			continue
		missing[suite, column]++
		r = reason(text ": " lacks[suite, column, text])
		if (!listed[r]++)
			list = list (list ? ", " : "") r
	}
	return list
}

function cell(suite, row, column,	list)
{
	if (!((suite, column) in tested))
		return "not run"
	list = lacking(suite, row, column)
	if ((suite, row, column) in failed)
		return "**FAILED**"
	if ((suite, row, column) in passed)
		return list ? "ok (" list ")" : "ok"
	return list ? "no (" list ")" : "no test"
}

function header(title,	line, rule, c)
{
	line = "| " title " |"
	rule = "|---|"
	for (c = 1; c <= columns; c++) {
		line = line " " heading[c] " |"
		rule = rule "---|"
	}
	print line "\n" rule
}

# cells(suite, row): the rest of the row's line.
function cells(suite, row,	line, c)
{
	for (c = 1; c <= columns; c++)
		line = line " " cell(suite, row, heading[c]) " |"
	return line
}

function write_hooks(	h)
{
	print "\n## Hooks\n"
	header("hook | what it records")
	for (h = 1; h <= rows["hooks"]; h++)
		print "| " order["hooks", h] " | " what[order["hooks", h]] " |" cells("hooks", order["hooks", h])
}

function write_suite(suite,	i)
{
	print "\n## " toupper(substr(suite, 1, 1)) substr(suite, 2) "\n"
	if (!rows[suite]) {
		print "Not run on any kernel."
		return
	}
	header("test")
	for (i = 1; i <= rows[suite]; i++)
		print "| " order[suite, i] " |" cells(suite, order[suite, i])
}

# sum(suite, column): once its cells are known.
function sum(suite, column)
{
	if (!((suite, column) in tested))
		return "not run"
	return sprintf("%d ok, %d failed, %d not offered", passes[suite, column], failures[suite, column],
		       missing[suite, column])
}

function write_sums(	c, s, line, rule)
{
	print "\n## Kernels\n"
	line = "| kernel | release |"
	rule = "|---|---|"
	for (s = 1; s <= suites; s++) {
		line = line " " suite_name[s] " |"
		rule = rule "---|"
	}
	print line "\n" rule
	for (c = 1; c <= columns; c++) {
		line = "| " heading[c] " | " release[heading[c]] " |"
		for (s = 1; s <= suites; s++)
			line = line " " sum(suite_name[s], heading[c]) " |"
		print line
	}
}

BEGIN {
	columns = split(ENVIRON["KERNELS"], heading, "\n")
	suites = split(ENVIRON["SUITES"], suite_name, "\n")
	hooks = split(ENVIRON["HOOKS"], line, "\n")
	for (h = 1; h <= hooks; h++) {
		split(line[h], pair, "\t")
		add_row("hooks", pair[1])
		what[pair[1]] = pair[2]
	}
}

{
	column = $1 " " $2
	suite = $3
	verdict = $4
	sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ /, "")
	tested[suite, column] = 1
	if (verdict == "release")
		release[column] = $0
	else
		add_result(suite, column, verdict, $0)
}

END {
	write_hooks()
	for (s = 1; s <= suites; s++) {
		if (suite_name[s] != "hooks")
			write_suite(suite_name[s])
	}
	print "\n## Not offered by this kernel\n"
	for (r = 1; r <= reasons; r++)
		print "- (" r ") " why[r]
	write_sums()
}
