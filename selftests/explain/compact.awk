# SPDX-License-Identifier: GPL-2.0
# Lines of "hftrace explain --all --json" made short:
#   id cause(culprit)*count=ticks ... -> cause(culprit)
# where a call has what it returned for its id;
# or, with -v sums=1, like what "generate random" expects:
#   id cause=ticks ..., own time as one
# Parts that do not add up to the span, in ticks or in ns, are told.

function value(text, key,    at)
{
	at = index(text, "\"" key "\":")
	text = substr(text, at + length(key) + 3)
	if (substr(text, 1, 1) != "\"") {
		sub(/[,}\]].*/, "", text)
		return text
	}
	text = substr(text, 2)
	sub(/".*/, "", text)
	return text
}

{
	head = substr($0, 1, index($0, "\"parts\":[") - 1)
	tail = substr($0, index($0, "\"top_cause\""))
	parts = substr($0, length(head) + 10)
	parts = substr(parts, 1, index(parts, "],\"top_cause\"") - 1)
	n = split(parts, part, "},")
	line = value(head, "id") == "null" ? value(head, "result") : value(head, "id")
	ticks = ns = 0
	split("", sum)
	for (i = 1; i <= n; i++) {
		cause = value(part[i], "cause")
		ticks += value(part[i], "ticks")
		ns += value(part[i], "ns")
		line = line " " cause "(" value(part[i], "culprit") ")*" value(part[i], "count") \
		       "=" value(part[i], "ticks")
		sum[cause == "user" || cause == "unexplained" ? "own" : cause] += value(part[i], "ticks")
	}
	if (sums) {
		line = value(head, "id")
		m = split("own irq softirq vector nmi page_fault syscall kernel_entry off_cpu steal lost " \
			  "not_recorded tlb_shootdown", order, " ")
		for (i = 1; i <= m; i++)
			if (sum[order[i]])
				line = line " " order[i] "=" sum[order[i]]
	} else {
		line = line " -> " value(tail, "top_cause") "(" value(tail, "top_culprit") ")"
	}
	if (ticks != value(head, "ticks") + 0 || ns != value(head, "ns") + 0)
		line = line " DOES NOT ADD UP"
	print line
}
