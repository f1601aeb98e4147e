package sheets

import (
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events"
)

// Limits of a check, beyond which Excel takes a workbook to be damaged. They count UTF-16 units.
const (
	maxCheckTitle = 32
	maxCheckText  = 255
	maxCheckList  = 255
)

// firstSerial is 1 January 1990 as spreadsheets count days: nothing older is taken.
const firstSerial = "32874"

// choiceList is a list to choose from that stands on a sheet of its own.
type choiceList struct{ items []string }

// check returns the check of a column's cells, nil where there is nothing to check. What may be written in more ways than a
// spreadsheet can tell is only warned of.
func (t *template) check(c *Column) *excelize.DataValidation {
	if c.Many {
		return nil
	}
	v := excelize.NewDataValidation(true)
	stop := false
	switch choices := choicesOf(c, t.Lang); {
	case len(choices) > 0:
		stop = true
		t.choose(v, choices)
	case c.Kind == "date":
		t.checkDate(v, c)
	case c.Kind == "money":
		t.must(v.SetRange("0", "", excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorGreaterThanOrEqual))
	case c.Kind == "integer":
		t.checkInteger(v, c)
	case c.Kind == "decimal":
		t.must(v.SetRange("-99999999999999", "99999999999999", excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween))
	case maxLength(c) > 0:
		stop = true
		t.must(v.SetRange("0", strconv.Itoa(maxLength(c)), excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween))
	default:
		return nil
	}
	style := excelize.DataValidationErrorStyleWarning
	if stop {
		style = excelize.DataValidationErrorStyleStop
	}
	text := kindOf(c, t.Lang)
	if !stop {
		text += t.say("。写法不同但读得懂的也可以保留", ". What is written in another way that can be read may stay")
	}
	v.SetError(style, cut(c.Title.In(t.Lang), maxCheckTitle), cut(text, maxCheckText))
	return v
}

// choose offers a list to choose from: within the check if it fits, else on the sheet of choices.
func (t *template) choose(v *excelize.DataValidation, choices []string) {
	apart := slices.ContainsFunc(choices, func(s string) bool { return strings.Contains(s, ",") }) || strings.HasPrefix(choices[0], "=")
	if joined := strings.Join(choices, ","); !apart && cut(joined, maxCheckList) == joined {
		t.must(v.SetDropList(choices))
		return
	}
	i := slices.IndexFunc(t.choices, func(list choiceList) bool { return slices.Equal(list.items, choices) })
	if i < 0 {
		i = len(t.choices)
		t.choices = append(t.choices, choiceList{choices})
	}
	name, err := excelize.ColumnNumberToName(i + 1)
	t.must(err)
	v.SetSqrefDropList(quoted(t.choiceName()) + "!$" + name + "$1:$" + name + "$" + strconv.Itoa(len(choices)))
}

func (t *template) choiceName() string { return t.say("选项", "Choices") }

// choiceSheet adds the lists that did not fit into checks, on a hidden sheet.
func (t *template) choiceSheet() {
	if len(t.choices) == 0 {
		return
	}
	sheet := t.newSheet(t.choiceName(), MarkerNone)
	for i, list := range t.choices {
		for j, item := range list.items {
			t.must(t.file.SetCellStr(sheet, at(i+1, j+1), item))
		}
	}
	t.must(t.file.SetSheetVisible(sheet, false))
}

// checkDate lets the day of an event be no later than today; other dates, such as the end of a certificate, may be.
func (t *template) checkDate(v *excelize.DataValidation, c *Column) {
	if c.Path == pathTime {
		t.must(v.SetRange(firstSerial, "TODAY()", excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween))
		return
	}
	t.must(v.SetRange(firstSerial, "", excelize.DataValidationTypeDate, excelize.DataValidationOperatorGreaterThanOrEqual))
}

func (t *template) checkInteger(v *excelize.DataValidation, c *Column) {
	least, most := int64(-999_999_999_999), int64(999_999_999_999)
	if c.Field != nil && c.Field.Minimum != nil {
		least = *c.Field.Minimum
	}
	if c.Field != nil && c.Field.Maximum != nil {
		most = *c.Field.Maximum
	}
	t.must(v.SetRange(strconv.FormatInt(least, 10), strconv.FormatInt(most, 10), excelize.DataValidationTypeWhole, excelize.DataValidationOperatorBetween))
}

// choicesOf lists what may be chosen in a column, by its titles.
func choicesOf(c *Column, lang events.Lang) []string {
	if c.Kind == "boolean" {
		return []string{events.Text{ZH: "是", EN: "yes"}.In(lang), events.Text{ZH: "否", EN: "no"}.In(lang)}
	}
	if c.Field == nil {
		return nil
	}
	list := make([]string, len(c.Field.Enum))
	for i, value := range c.Field.Enum {
		if list[i] = c.Field.EnumTitles[value].In(lang); list[i] == "" {
			list[i] = value
		}
	}
	return list
}

func maxLength(c *Column) int {
	if c.Field == nil {
		return 0
	}
	return c.Field.MaxLength
}
