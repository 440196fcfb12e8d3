/*
doc = "Figures of a register table by area and year, with what they are and where the series breaks"
grain = "one row per area, year and category"
reads = ["register", "register_value", "register_break"]

[params]
register = { type = "varchar", doc = "register table, as listed by tryghed registers list", example = "income" }
area = { type = "varchar", doc = "code of an area; every area when %", default = "%" }

[result]
area_set = { type = "varchar", doc = "area set the figures are for" }
area_version = { type = "varchar", doc = "version of the area set when the table was loaded" }
area = { type = "varchar", doc = "code of the area; alle is the whole city, uden_for_inddeling those in no area" }
year = { type = "varchar", doc = "year" }
category = { type = "varchar", doc = "division of the area's figure, such as Kvinder*18 år; alle where there is none" }
value = { type = "double", doc = "the figure; null where the source has none" }
unit = { type = "varchar", doc = "unit of the figure" }
denominator = { type = "double", doc = "number the figure is out of, where the file has it" }
out_of = { type = "varchar", doc = "whom the figure is out of" }
series = { type = "integer", doc = "figures may be compared within a series: 1, and one more from each break on" }
break_why = { type = "varchar", doc = "in the first year after a break: why earlier years cannot be compared" }
label = { type = "varchar", doc = "what the figure is" }
source = { type = "varchar", doc = "who counted it" }
verified = { type = "boolean", doc = "whether the file had the declared sha256 and rows" }
*/
with breaks as (
    select
        value.area,
        value.year,
        value.category,
        count(since)::integer as passed,
        string_agg(why, '; ') filter (where since = value.year) as why
    from register_value as value
    left join register_break on register_break.register = value.register and since <= value.year
    where value.register = $register::varchar
    group by value.area, value.year, value.category
)

select
    area_set,
    area_version,
    area,
    year::varchar as year,
    category,
    value,
    unit,
    register_value.denominator,
    register.denominator as out_of,
    1 + passed as series,
    why as break_why,
    label,
    source,
    verified
from register_value
join register using (register)
join breaks using (area, year, category)
where
    register = $register::varchar
    and area like $area::varchar
order by area, category, year
