"""The statistics: recorded crime, survey estimates, revisions.

A parameter means the same in every function that says no more of it.

Tables go by their names: `vintages`, `series`, `shares`, `revisions`, `composition`, `prevalence`,
`quarterly_series`.  So do the clean tables, which are ``recorded_crime`` as `recorded`,
``recorded_quarters`` as `quarters`, ``survey_estimates`` as `estimates`, ``population`` and
``recorded_offence_codes`` as `offence_codes`; of `quarters` the newest release counts where but one
can.  `recording_changes` has ``change_id``, ``effective`` (the first day) and ``offence_ids``
(codes and groups, separated by spaces); a group that none of them names has not been looked at.

`offence_id` is an offence group, `offence_ids` are those of the report, `component` is the code
left out of a group, and `level` is that of the limits or intervals, between 0 and 1.
"""
