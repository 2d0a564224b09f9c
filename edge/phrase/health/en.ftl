# Durations. The English sentences are in edge/problems.py, aim.py, wire_update.py and booth/facts.py, by the same codes;
# a translation uses $a, $b and $c for their values {0}, {1} and {2}, $age for {0:age}, and $part for what differs within a family.

seconds = { $n } s
minutes = { $n } min
hours = { $n } h
days = { $n } days
