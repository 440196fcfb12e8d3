/*
doc = "The delivered files that waves come from"
grain = "one row per wave"
reads = ["delivery"]

[params]
survey = { type = "varchar", doc = "name of the survey", example = "tryghed" }
waves = { type = "varchar[]", doc = "waves to read" }

[result]
survey = { type = "varchar", doc = "name of the survey" }
wave = { type = "varchar", doc = "fieldwork round" }
file = { type = "varchar", doc = "delivered file" }
sha256 = { type = "varchar", doc = "its checksum" }
verified = { type = "boolean", doc = "whether the checksum was declared in the wave's definition" }
*/
select survey, wave, file, sha256, verified
from delivery
where survey = $survey::varchar and list_contains($waves::varchar[], wave)
order by wave
