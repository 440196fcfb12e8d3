/*
doc = "Which waves are estimated with weights that were calibrated here, and to what"
grain = "one row per wave with calibrated weights"
reads = ["design"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
calibration = { type = "varchar", doc = "method and margins" }
*/
select wave, calibration
from design
where calibration is not null and list_contains($waves::varchar[], wave)
order by wave
