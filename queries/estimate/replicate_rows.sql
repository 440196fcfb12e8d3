/*
doc = '''
Respondents of waves with replicate weights: all their weights, the areas and categories they belong to, and scores.
Replicate weights make a variance of ratios, which no sums of products hold; so these estimates are made of rows.
'''
grain = "one row per wave and respondent"
reads = ["score", "replicate_weight", "membership", "grouping"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }
area_sets = { type = "varchar[]", doc = "area sets whose areas are wanted" }
dimensions = { type = "varchar[]", doc = "dimensions whose categories are wanted" }
pattern = { type = "varchar", doc = "indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
weight = { type = "double", doc = "final weight" }
weights = { type = "double[]", doc = "replicate weights, in the order of the delivered columns" }
places = { type = "struct(area_set varchar, area varchar)[]", doc = "areas the respondent lies in" }
kinds = { type = "struct(dimension varchar, category varchar)[]", doc = "categories the respondent belongs to" }
"y_(.*)" = { type = "tinyint", doc = "score: 1 counts, 0 does not, null is outside the base" }
*/
with respondent_places as (
    select wave, respondent, list({'area_set': area_set, 'area': area} order by area_set, area) as places
    from membership
    where list_contains($waves::varchar[], wave) and list_contains($area_sets::varchar[], area_set)
    group by wave, respondent
),
respondent_kinds as (
    select wave, respondent, list({'dimension': dimension, 'category': category} order by dimension, category) as kinds
    from grouping
    where list_contains($waves::varchar[], wave) and list_contains($dimensions::varchar[], dimension)
    group by wave, respondent
)
select wave, weight::double as weight, weights::double[] as weights, places, kinds, columns($pattern) as 'y_\1'
from score
join replicate_weight using (wave, respondent)
join respondent_places using (wave, respondent)
join respondent_kinds using (wave, respondent)
where list_contains($waves::varchar[], wave) and weight > 0
order by wave, respondent
