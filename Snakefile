# The workflow lies in workflow/, where Snakemake's catalogue and `module:` look for it; this file
# is what `snakemake` finds when it is started here.


include: "workflow/Snakefile"


# Snakemake forgets the default target of a file that is included.
workflow.default_target = "all"
