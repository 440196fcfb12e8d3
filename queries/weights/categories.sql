/*
doc = "The categories of groups and the areas of area sets that respondents are in: the auxiliaries of a calibration"
grain = "one row per respondent of the wave and variable with a category of it"
reads = ["membership", "grouping"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }
variables = { type = "varchar[]", doc = "groups and area sets" }

[result]
respondent = { type = "varchar", doc = "pseudonym of the respondent" }
variable = { type = "varchar", doc = "the group or the area set" }
category = { type = "varchar", doc = "category of the group, or code of the area" }
*/
select respondent, dimension as variable, category
from grouping
where wave = $wave::varchar and list_contains($variables::varchar[], dimension)
union all
select respondent, area_set as variable, area as category
from membership
where wave = $wave::varchar and list_contains($variables::varchar[], area_set) and area <> 'alle'
order by variable, respondent, category
