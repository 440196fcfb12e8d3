/*
doc = "The wanted areas that each location stands for: everybody of a location lies in all of them"
grain = "one row per wave, location and area"
reads = ["location"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }
area_sets = { type = "varchar[]", doc = "area sets whose areas are wanted" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
location = { type = "integer", doc = "number of the location" }
area_set = { type = "varchar", doc = "set of areas" }
area = { type = "varchar", doc = "area of the set, alle for everybody" }
*/
select wave, location, area_set, area
from location
where list_contains($waves::varchar[], wave) and list_contains($area_sets::varchar[], area_set)
order by wave, location, area_set, area
