package sheets

import "strconv"

// exampleRow fills the first row below the titles. It is grey, and says in its first cell that it is no fact, so that
// nothing happens if it is left where it is.
func (t *template) exampleRow(sheet string, columns []Column) {
	for i := range columns {
		value := t.example(&columns[i])
		if i == 0 {
			value = ExampleMark.In(t.Lang) + " " + value
		}
		cell := at(i+1, 2)
		if value != "" {
			t.must(t.file.SetCellStr(sheet, cell, value))
		}
		t.must(t.file.SetCellStyle(sheet, cell, cell, t.styles.example))
	}
}

// example is what the example row has in a column: what the plan gives, else something of the kind where it is required.
func (t *template) example(c *Column) string {
	if c.Path == pathTime {
		return t.Catalogue.Today
	}
	if s := written(c, firstExample(c), t.Lang); s != "" {
		return s
	}
	if choices := choicesOf(c, t.Lang); len(choices) > 0 && (c.Required || c.Kind != "boolean") {
		return choices[0]
	}
	if !c.Required {
		return ""
	}
	return t.made(c)
}

// made is a value of the column's kind.
func (t *template) made(c *Column) string {
	switch c.Kind {
	case "money":
		return "130,000.00"
	case "date":
		return t.Catalogue.Today
	case "integer":
		if c.Field != nil && c.Field.Minimum != nil {
			return strconv.FormatInt(*c.Field.Minimum, 10)
		}
		return "1"
	case "decimal":
		return "1"
	}
	return c.Title.In(t.Lang) + "…"
}
