/*
doc = '''
Sums over the respondents two areas of a set have in common, for waves where people were sampled directly (each is a
PSU of one). Areas that do not overlap have no row; an area's crossing with everybody is the area itself.
'''
grain = "one row per wave, stratum and pair of areas that share a respondent"
reads = ["score", "membership"]

[params]
waves = { type = "varchar[]", doc = "waves without PSUs" }
area_sets = { type = "varchar[]", doc = "area sets whose areas are compared" }
dimensions = { type = "varchar[]", doc = "dimensions wanted; nothing unless alle is one" }
pattern = { type = "varchar", doc = "indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
area_set = { type = "varchar", doc = "set of areas" }
area = { type = "varchar", doc = "area of the first domain" }
other_area = { type = "varchar", doc = "area of the second domain" }
dimension = { type = "varchar", doc = "division of respondents" }
category = { type = "varchar", doc = "category of the first domain" }
other_category = { type = "varchar", doc = "category of the second domain" }
"psus_(.*)" = { type = "bigint", doc = "PSUs with answers in the base from both domains" }
"only_(.*)" = { type = "bigint", doc = "PSUs where the first domain has as many answers as the second, and some" }
"aa_(.*)" = { type = "double", doc = "sum over PSUs of A x other A" }
"ay_(.*)" = { type = "double", doc = "sum over PSUs of A x other Y" }
"ya_(.*)" = { type = "double", doc = "sum over PSUs of Y x other A" }
"yy_(.*)" = { type = "double", doc = "sum over PSUs of Y x other Y" }
*/
with interviewed as (
    select wave, respondent, stratum, weight * weight as square, columns($pattern)
    from score
    where list_contains($waves::varchar[], wave) and list_contains($dimensions::varchar[], 'alle')
),
place as (
    select wave, respondent, area_set, area
    from membership
    where list_contains($waves::varchar[], wave) and list_contains($area_sets::varchar[], area_set) and area <> 'alle'
),
shared as (
    select wave, respondent, area_set, one.area, other.area as other_area
    from place as one join place as other using (wave, respondent, area_set)
    where one.area < other.area
)
select wave, stratum, area_set, area, other_area,
    'alle' as dimension, 'alle' as category, 'alle' as other_category,
    count(columns($pattern))::bigint as 'psus_\1',
    count(columns($pattern))::bigint as 'only_\1',
    coalesce(sum(case when columns($pattern) is not null then square end), 0)::double as 'aa_\1',
    coalesce(sum(case when columns($pattern) = 1 then square end), 0)::double as 'ay_\1',
    coalesce(sum(case when columns($pattern) = 1 then square end), 0)::double as 'ya_\1',
    coalesce(sum(case when columns($pattern) = 1 then square end), 0)::double as 'yy_\1'
from interviewed join shared using (wave, respondent)
group by wave, stratum, area_set, area, other_area, dimension, category, other_category
order by area_set, area, other_area, dimension, category, other_category, wave, stratum
