/*
doc = "What each loaded wave of the survey asked, in the order of its file"
grain = "one row per wave and item"
reads = ["questionnaire"]

[result]
wave = { type = "varchar", doc = "fieldwork round" }
item = { type = "varchar", doc = "item of the survey" }
position = { type = "bigint", doc = "place of the column in the delivered file, from 1" }
column_name = { type = "varchar", doc = "name of the column in the file" }
text = { type = "varchar", doc = "the question as the file has it, empty where it has no label" }
*/
select wave, item, position, column_name, text
from questionnaire
order by wave, position, item
