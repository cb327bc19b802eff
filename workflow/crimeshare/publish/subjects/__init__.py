"""What the pages say: a module for each subject, called by the notebooks.

A parameter means the same in all of them: `offence_id` is the group, `area_code` the area, `now`
its latest year, a row of ``series``.  Any other frame comes from the function of its module that
reads the table, such as `quarters` or `limits_of`; of revisions, from those of `revised`.
"""
