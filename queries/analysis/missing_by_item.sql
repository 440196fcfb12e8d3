/*
doc = "How many answered each item in each wave, and which kind of missing the others have"
grain = "one row per wave and item stored for it"
reads = ["answer"]

[params]
waves = { type = "varchar[]", doc = "waves; all of them when empty", default = [] }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
item = { type = "varchar", doc = "item, as named in survey.toml" }
respondents = { type = "bigint", doc = "rows the item is stored for" }
answered = { type = "bigint", doc = "gave an answer" }
ved_ikke = { type = "bigint", doc = "do not know (-91)" }
vil_ikke_svare = { type = "bigint", doc = "will not answer (-92)" }
ikke_stillet = { type = "bigint", doc = "were not asked (-93)" }
filtreret_fra = { type = "bigint", doc = "were filtered out (-94)" }
mangler = { type = "bigint", doc = "missing without a reason (-95)" }
share_answered = { type = "double", doc = "answered, of those who were asked (not -93 or -94), unweighted" }
*/
with given as (
    select wave, columns(* exclude (wave, respondent))::double
    from answer
    where len($waves::varchar[]) = 0 or list_contains($waves::varchar[], wave)
),

answer_given as (
    select wave, item, answer
    from given
    unpivot (answer for item in (* exclude (wave)))
),

item_wave as (
    select
        wave,
        item,
        count(*) as respondents,
        count(*) filter (where answer > -91) as answered,
        count(*) filter (where answer = -91) as ved_ikke,
        count(*) filter (where answer = -92) as vil_ikke_svare,
        count(*) filter (where answer = -93) as ikke_stillet,
        count(*) filter (where answer = -94) as filtreret_fra,
        count(*) filter (where answer = -95) as mangler
    from answer_given
    group by wave, item
)

select
    *,
    answered / nullif(respondents - ikke_stillet - filtreret_fra, 0) as share_answered
from item_wave
order by wave, item
