package sheets

import (
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// matcher knows the titles that the columns of a type of event may have.
type matcher struct {
	typ     *forms.Type
	columns []Column
	known   [ranks]map[string]int // folded title -> index of the column
	leaves  map[[2]string]int     // folded titles of the group and within it -> index of the column
	remarks [][]string            // of the plan's titles, in brackets
	titles  []string              // for suggestions
}

// rank is how well a title names a column; a better one goes before.
type rank int

const (
	byName   rank = iota // requested_yuan, time: the name in an event, as it is written there
	byTitle              // 申报金额(元), or the name however it is written
	byBase               // 申报金额: without what stands in brackets
	byHabit              // 日期: what people call it
	ranks                // how many there are
	noColumn = -1
)

// habits are what people call the attributes of an event. The titles of the plan go before.
var habits = []struct{ path, title string }{
	{pathTime, "日期"}, {pathTime, "发生日期"}, {pathTime, "时间"}, {pathTime, "发生时间"}, {pathTime, "date"}, {pathTime, "day"},
	{pathOrg, "单位"}, {pathOrg, "单位编码"}, {pathOrg, "单位名称"}, {pathOrg, "所属单位"}, {pathOrg, "区划代码"}, {pathOrg, "行政区划代码"}, {pathOrg, "unit"},
	{pathOrg, "org"}, {pathID, "事件编号"}, {pathID, "event id"}, {pathSource, "事件来源"}, {pathSource, "event source"},
}

// serialTitles are the titles of the column that numbers the rows, which says nothing.
var serialTitles = map[string]bool{"序号": true, "序": true, "no": true, "#": true, "nr": true, "行号": true}

func newMatcher(t *forms.Type) *matcher {
	m := &matcher{typ: t, columns: Columns(t), leaves: map[[2]string]int{}}
	for r := range m.known {
		m.known[r] = map[string]int{}
	}
	order := make([]int, 0, len(m.columns)) // data before attributes: a field may be called source
	for i := range m.columns {
		if strings.HasPrefix(m.columns[i].Path, dataPrefix) {
			order = append(order, i)
		}
	}
	for i := range m.columns {
		if !strings.HasPrefix(m.columns[i].Path, dataPrefix) {
			order = append(order, i)
		}
	}
	m.remarks = make([][]string, len(m.columns))
	for _, i := range order {
		m.learnTitles(i)
	}
	for _, i := range order {
		m.learnName(i)
	}
	for _, h := range habits {
		m.add(byHabit, h.title, m.index(h.path))
	}
	return m
}

// learnTitles adds what the plan calls a column.
func (m *matcher) learnTitles(i int) {
	c := &m.columns[i]
	for _, s := range [...]string{c.Title.ZH, c.Title.EN} {
		m.add(byTitle, s, i)
		t := parseTitle(s)
		m.add(byBase, t.base, i)
		m.remarks[i] = append(m.remarks[i], t.remark...)
	}
	if c.Leaf != (events.Text{}) {
		m.leaves[[2]string{forms.Fold(c.Group.ZH), forms.Fold(c.Leaf.ZH)}] = i
		m.leaves[[2]string{forms.Fold(c.Group.EN), forms.Fold(c.Leaf.EN)}] = i
	}
	if c.Leaf != (events.Text{}) && strings.HasSuffix(c.Path, ".name") { // 申报单位 alone is who they are
		m.add(byHabit, c.Group.ZH, i)
		m.add(byHabit, c.Group.EN, i)
	}
}

// learnName adds the name that a column has in an event. The titles of others go before, unless it is written exactly so.
func (m *matcher) learnName(i int) {
	c := &m.columns[i]
	name := strings.TrimPrefix(c.Path, dataPrefix)
	for _, s := range [...]string{c.Path, name} {
		if _, taken := m.known[byName][s]; !taken {
			m.known[byName][s] = i
		}
	}
	m.add(byTitle, name, i)
	m.titles = append(m.titles, c.Title.ZH, c.Title.EN, name)
}

// add notes a title, unless another column has it already.
func (m *matcher) add(r rank, title string, i int) {
	if key := forms.Fold(title); key != "" && i != noColumn {
		if _, taken := m.known[r][key]; !taken {
			m.known[r][key] = i
		}
	}
}

// index returns the column with a path.
func (m *matcher) index(path string) int {
	for i := range m.columns {
		if m.columns[i].Path == path {
			return i
		}
	}
	return noColumn
}

// match finds the column that a title names, and how well, and the unit in which its numbers stand.
func (m *matcher) match(t *title) (i int, r rank, u forms.Unit) {
	if i, ok := m.leaves[[2]string{t.keys.group, t.keys.leaf}]; ok && t.keys.group != "" {
		return i, byTitle, u
	}
	for r := range ranks {
		key := t.keys.text
		switch r {
		case byName:
			key = t.text
		case byBase, byHabit:
			key = t.keys.base
		}
		i, ok := m.known[r][key]
		if !ok || key == "" {
			continue
		}
		if u, ok := m.unit(i, t); ok {
			return i, r, u
		}
		return noColumn, 0, u
	}
	return noColumn, 0, u
}

// unit returns the unit of a column's numbers.
func (m *matcher) unit(i int, t *title) (forms.Unit, bool) {
	switch m.columns[i].Kind {
	case "money", "decimal", "integer":
		return t.unit(m.remarks[i])
	}
	return forms.Unit{}, true
}

// near suggests the title that a wrong one was probably meant to be.
func (m *matcher) near(t *title) string {
	if i, ok := m.known[byBase][t.keys.base]; ok {
		return m.columns[i].Title.ZH
	}
	return events.Suggest(t.base, m.titles)
}
