# The workflow lies in workflow/, where Snakemake's catalogue and `module:` look for it; this file
# is what `snakemake` finds when it is started here.

import sys

# Snakemake imports pandas in case a parameter is a table, and a check of international addresses
# with what looks at notebooks. Neither is met here, and without them seeing that there is nothing
# to do takes half the time.
for needless in ("pandas", "rfc3987_syntax"):
    sys.modules.setdefault(needless, None)


include: "workflow/Snakefile"


# Snakemake forgets the default target of a file that is included.
workflow.default_target = "all"
