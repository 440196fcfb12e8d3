/*
doc = "Figures of a register table, and the file they are from"
grain = "one row per area, year and category"
reads = ["register", "register_value"]

[params]
register = { type = "varchar", doc = "register table" }

[result]
area = { type = "varchar", doc = "code of the area; alle is the whole city, uden_for_inddeling those in no area" }
year = { type = "integer", doc = "year" }
category = { type = "varchar", doc = "division of the area's figure, such as Kvinder*18 år; alle where there is none" }
value = { type = "double", doc = "the figure; null where the source has none" }
denominator = { type = "double", doc = "number the figure is out of, where the file has it" }
file = { type = "varchar", doc = "the delivered file" }
sha256 = { type = "varchar", doc = "its checksum" }
verified = { type = "boolean", doc = "whether the file had the declared sha256 and rows" }
*/
select area, year, category, value, register_value.denominator, file, sha256, verified
from register_value join register using (register)
where register = $register::varchar
order by area, year, category
