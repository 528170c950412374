# Passes the output of benchmarks on, and puts beside each figure the one of docs/costs.md: the second
# column of its table of benchmarks, by the name in the first. The first file is docs/costs.md.
NR == FNR {
    if (/^## /) is_ours = /^## What `make bench` says/
    if (is_ours && split($0, column, / *\| */) >= 4) known[column[2]] = column[3]
    next
}
{
    line = $0
    sub(/^ +/, "", line)
    for (name in known)
        if (index(line, name) == 1 && substr(line, length(name) + 1) ~ /^($|  | time:)/) figure = known[name]
    # criterion writes the figure of a long name into the next line.
    if (figure != "" && $NF ~ /[0-9]|\]|ns|%/ && line ~ /  /) {
        print $0 "   docs: " figure
        figure = ""
    } else {
        print
    }
    fflush()
}
