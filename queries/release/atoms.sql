/*
doc = '''
Respondents alike in wave, areas, groups and answers to one item, counted: the atoms that every number a release shows is
a sum of. Unweighted. Only for the gate: an atom may be one person, so nothing of it is shown or kept.
'''
grain = "one row per wave, areas, categories and scores that a respondent has"
reads = ["score", "membership", "grouping"]

[params]
waves = { type = "varchar[]", doc = "waves shown, alone or pooled" }
area_sets = { type = "varchar[]", doc = "area sets shown, now or in an earlier release" }
dimensions = { type = "varchar[]", doc = "dimensions shown" }
pattern = { type = "varchar", doc = "the item's indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
places = { type = "varchar[]", doc = "the areas they lie in, as set/area" }
kinds = { type = "varchar[]", doc = "the categories they are of, as dimension/category" }
people = { type = "bigint", doc = "respondents" }
mark = { type = "varchar", doc = "checksum over their waves and pseudonyms, whatever their order" }
"s_(.*)" = { type = "tinyint", doc = "1 counts, 0 does not, null is outside the base" }
*/
with scored as (
    select wave, respondent, md5_number(wave || '/' || respondent) as mark, columns($pattern)
    from score
    where list_contains($waves::varchar[], wave)
),
respondent_places as (
    select wave, respondent, list(area_set || '/' || area order by area_set, area) as places
    from membership
    where list_contains($waves::varchar[], wave) and list_contains($area_sets::varchar[], area_set)
    group by wave, respondent
),
respondent_kinds as (
    select wave, respondent, list(dimension || '/' || category order by dimension, category) as kinds
    from grouping
    where list_contains($waves::varchar[], wave) and list_contains($dimensions::varchar[], dimension)
    group by wave, respondent
)
select wave, places, kinds, count(*) as people, bit_xor(mark)::varchar as mark, columns($pattern) as 's_\1'
from scored
join respondent_places using (wave, respondent)
join respondent_kinds using (wave, respondent)
group by all
order by all
