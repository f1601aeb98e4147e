package sheets

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// group is what the columns of one list of records, or of one record, say in a row.
type group struct {
	leaves []leafValue
}

type leafValue struct {
	name   string
	column *Column
	at     int // column in the sheet, from 1
	value  any // of a list []any, in which nil is a place left empty
}

// join makes records of what the columns say: the first name goes with the first id.
func (d *draft) join(name string, g *group) {
	if !g.leaves[0].column.Many {
		record := map[string]any{}
		for i := range g.leaves {
			record[g.leaves[i].name] = g.leaves[i].value
		}
		d.data[name] = record
		return
	}
	longest := &g.leaves[0]
	for i := range g.leaves {
		if l := &g.leaves[i]; len(l.list()) > len(longest.list()) {
			longest = l
		}
	}
	records := make([]any, len(longest.list()))
	for i := range records {
		records[i] = map[string]any{}
	}
	for i := range g.leaves {
		l := &g.leaves[i]
		if n := len(l.list()); n != len(records) {
			d.fault(l.at, l.column.Path, uneven(l.column, n, longest.column, len(records)))
			continue
		}
		for j, v := range l.list() {
			if v != nil {
				records[j].(map[string]any)[l.name] = v
			}
		}
	}
	d.data[name] = records
}

func (l *leafValue) list() []any {
	list, _ := l.value.([]any)
	return list
}

func uneven(c *Column, n int, longest *Column, most int) events.Text {
	return events.Text{
		ZH: fmt.Sprintf("%s有 %d 项，%s有 %d 项，对不上；没有的留空位，如 甲；；丙", c.Title.ZH, n, longest.Title.ZH, most),
		EN: fmt.Sprintf("%s has %d values and %s has %d; leave an empty place for what is not there, as in a;;c", c.Title.EN, n, longest.Title.EN, most),
	}
}

// separators stand between the values of a cell. A line end behind another one is not a second one.
var separators = regexp.MustCompile(`[；;、]\s*\n|[；;、\n]`)

// splitList takes a cell with several values apart. Places left empty stay, but for those at the end.
func splitList(s string) []string {
	list := separators.Split(s, -1)
	for i := range list {
		list[i] = trim(list[i])
	}
	for len(list) > 0 && list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}

// merged says why a cell that is merged over several rows cannot be taken: an amount or a number for several rows together
// would count once for each of them. Other values are those of each row.
func merged(c *Column, s *span) *events.Text {
	year := c.Kind == "integer" && strings.HasSuffix(c.Path, ".year")
	if !s.tall() || c.Kind != "money" && c.Kind != "decimal" && c.Kind != "integer" || year {
		return nil
	}
	return &events.Text{
		ZH: fmt.Sprintf("第 %d 至 %d 行合并成一格，“%s”会被算多次；请拆开分别填写，或把这几行合成一行", s.top, s.bottom, c.Title.ZH),
		EN: fmt.Sprintf("rows %d to %d are merged here, and %q would count for each of them; unmerge them and fill in each row, or make them one row", s.top, s.bottom, c.Title.EN),
	}
}

func mergedNote(s *span) events.Text {
	return events.Text{ZH: fmt.Sprintf("合并单元格，取第 %d 行的值", s.top), EN: fmt.Sprintf("merged cells, as in row %d", s.top)}
}
