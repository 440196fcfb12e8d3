/*
doc = "The wanted categories that each profile stands for: everybody of a profile belongs to all of them"
grain = "one row per wave, profile and category"
reads = ["profile"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }
dimensions = { type = "varchar[]", doc = "dimensions whose categories are wanted" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
profile = { type = "integer", doc = "number of the profile" }
dimension = { type = "varchar", doc = "division of respondents" }
category = { type = "varchar", doc = "category of the dimension, alle for everybody" }
*/
select wave, profile, dimension, category
from profile
where list_contains($waves::varchar[], wave) and list_contains($dimensions::varchar[], dimension)
order by wave, profile, dimension, category
