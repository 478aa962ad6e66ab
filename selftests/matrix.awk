# SPDX-License-Identifier: GPL-2.0
# The table of selftests/matrix. Input: "KERNEL ARCH SUITE VERDICT TEXT", VERDICT being ok or failed. A test of a
# hook says "HOOK: WHAT", or "HOOK # SKIP WHY" where the kernel lacks the hook, or "HOOK: WHAT # SKIP WHY".

# reason(text): its number; the same one for the same text.
function reason(text)
{
	sub(/^not offered by this kernel: /, "", text)
	if (!(text in number)) {
		number[text] = ++reasons
		why[reasons] = text
	}
	return number[text]
}

function add_hook(column, verdict, text,	hook, skip)
{
	hook = text
	sub(/[: ].*/, "", hook)
	if (!(hook in known)) {
		known[hook] = 1
		order[++hooks] = hook
	}
	if (verdict == "failed") {
		failed[hook, column] = 1
	} else if (match(text, /# SKIP /)) {
		skip = reason(substr(text, RSTART + RLENGTH))
		if (!((hook, column, skip) in listed)) {
			listed[hook, column, skip] = 1
			skipped[hook, column] = skipped[hook, column] (skipped[hook, column] ? ", " : "") skip
		}
	} else {
		passed[hook, column] = 1
	}
}

function cell(hook, column)
{
	if ((hook, column) in failed)
		return "FAILED"
	if ((hook, column) in passed)
		return (hook, column) in skipped ? "ok, (" skipped[hook, column] ")" : "ok"
	return (hook, column) in skipped ? "no (" skipped[hook, column] ")" : ""
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

BEGIN {
	columns = split(ENVIRON["KERNELS"], heading, "\n")
}

{
	column = $1 " " $2
	suite = $3
	verdict = $4
	sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ /, "")
	count[suite, column, verdict == "ok" && /# SKIP/ ? "skipped" : verdict]++
	tested[suite, column] = 1
	suites[suite] = 1
	if (suite == "hooks")
		add_hook(column, verdict, $0)
}

END {
	header("hook")
	for (h = 1; h <= hooks; h++) {
		line = "| " order[h] " |"
		for (c = 1; c <= columns; c++)
			line = line " " cell(order[h], heading[c]) " |"
		print line
	}
	print "\nNot offered by this kernel:\n"
	for (r = 1; r <= reasons; r++)
		print "- (" r ") " why[r]
	print "\n## All tests\n\nPassed, failed and skipped.\n"
	header("suite")
	for (suite in suites) {
		line = "| " suite " |"
		for (c = 1; c <= columns; c++) {
			column = heading[c]
			if ((suite, column) in tested)
				line = line sprintf(" %d, %d, %d |", count[suite, column, "ok"],
						    count[suite, column, "failed"], count[suite, column, "skipped"])
			else
				line = line " |"
		}
		print line
	}
}
