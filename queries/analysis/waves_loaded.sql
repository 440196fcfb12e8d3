/*
doc = "Every wave in the store: its file, which revision that is, whether the file was the expected one, its size and its findings"
grain = "one row per survey and wave"
reads = ["delivery", "finding"]

[result]
survey = { type = "varchar", doc = "name of the survey" }
wave = { type = "varchar", doc = "fieldwork round" }
file = { type = "varchar", doc = "delivered file" }
revision = { type = "integer", doc = "which delivery of the wave it is: 1 is the first" }
because = { type = "varchar", doc = "why a later one replaced it" }
verified = { type = "boolean", doc = "whether the file had the declared sha256 and rows" }
respondents = { type = "bigint", doc = "rows of the file" }
columns = { type = "bigint", doc = "columns of the file" }
warnings = { type = "bigint", doc = "findings of severity warning" }
remarks = { type = "bigint", doc = "findings of severity info" }
loaded_at = { type = "timestamp", doc = "when it was loaded, UTC" }
*/
with findings as (
    select
        survey,
        wave,
        count(*) filter (where severity = 'warning') as warnings,
        count(*) filter (where severity = 'info') as remarks
    from finding
    group by survey, wave
)

select
    survey,
    wave,
    file,
    revision,
    because,
    verified,
    rows as respondents,
    columns,
    coalesce(warnings, 0) as warnings,
    coalesce(remarks, 0) as remarks,
    loaded_at
from delivery
left join findings using (survey, wave)
order by survey, wave
