/*
doc = "What was found in the deliveries that were accepted: warnings and remarks, the most frequent first"
grain = "one row per finding"
reads = ["finding"]

[params]
waves = { type = "varchar[]", doc = "waves; all of them when empty", default = [] }

[result]
survey = { type = "varchar", doc = "name of the survey" }
wave = { type = "varchar", doc = "fieldwork round" }
severity = { type = "varchar", doc = "warning or info" }
code = { type = "varchar", doc = "kind of finding" }
place = { type = "varchar", doc = "column or item" }
count = { type = "bigint", doc = "rows that have it" }
message = { type = "varchar", doc = "what was found" }
because = { type = "varchar", doc = "why a person accepted the warning; null where nobody had to" }
accepted_by = { type = "varchar", doc = "who accepted it" }
accepted_on = { type = "date", doc = "when" }
*/
select survey, wave, severity, code, place, count, message, because, accepted_by, accepted_on
from finding
where len($waves::varchar[]) = 0 or list_contains($waves::varchar[], wave)
order by survey, wave, severity desc, count desc, code, place
