package sheets

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// row reads a line below the header.
func (t *table) row(l *line) *Row {
	r := t.rowOf(l)
	if l.fault != nil {
		r.Faults = []Fault{{Text: *l.fault}}
		return r
	}
	if r.Skipped = t.skip(l); r.Skipped != nil {
		return r
	}
	k, fault := t.kindOf(l)
	if fault != nil {
		r.Faults = []Fault{*fault}
		return r
	}
	r.Type, r.columns = k.typ.Name, k.paths
	d := draft{table: t, kind: k, line: l, row: r, data: map[string]any{}, groups: map[string]*group{}, given: map[string]bool{}}
	d.read()
	if len(r.Faults) > 0 {
		d.missing()
		return r
	}
	r.Event = d.event()
	return r
}

// kindOf returns how a line is read, by its type.
func (t *table) kindOf(l *line) (*rowKind, *Fault) {
	typ := t.fixed
	if t.typeAt >= 0 {
		c, ok := l.filled(t.typeAt)
		named := t.file.typeCalled(c.text)
		switch {
		case !ok:
			return nil, &Fault{Column: t.typeAt + 1, Field: "type", Text: events.Text{ZH: "没有写事件类型", EN: "the type of event is missing"}}
		case named == nil:
			return nil, &Fault{Column: t.typeAt + 1, Field: "type", Text: t.file.unknownType(c.text)}
		}
		typ = named.Name
	}
	k := t.kind(typ)
	if k.wrong != nil {
		return nil, &Fault{Text: *k.wrong}
	}
	return k, nil
}

// draft is an event being made of a line.
type draft struct {
	table  *table
	kind   *rowKind
	line   *line
	row    *Row
	env    envelope
	data   map[string]any
	groups map[string]*group
	given  map[string]bool // paths
}

// envelope is an event as it goes out; data in the order of its names, so that equal events are equal bytes.
type envelope struct {
	Specversion string          `json:"specversion"`
	Type        string          `json:"type"`
	Time        string          `json:"time,omitempty"`
	Org         string          `json:"org,omitempty"`
	Source      string          `json:"source,omitempty"`
	ID          string          `json:"id,omitempty"`
	Nth         uint64          `json:"nth,omitempty"`
	Data        json.RawMessage `json:"data"`
}

func (d *draft) read() {
	for c := range max(len(d.line.cells), len(d.table.header.titles)) {
		cell, ok := d.line.filled(c)
		if !ok {
			continue
		}
		if b := d.kind.byIndex[c]; b != nil {
			d.cell(&d.kind.columns[b.field], b, cell)
		} else if w, ok := d.kind.twins[c]; ok && c != d.table.result {
			d.twin(&w, cell)
		} else {
			d.stray(c, cell)
		}
	}
	for i := range d.kind.fixed {
		d.constant(&d.kind.fixed[i])
	}
	for _, name := range slices.Sorted(maps.Keys(d.groups)) {
		d.join(name, d.groups[name])
	}
}

// stray deals with a value that no field takes: it is counted where the column is known to be unknown, and a fault where
// nobody could have said so before.
func (d *draft) stray(column int, c cell) {
	t := d.table
	if column == t.result || column == t.typeAt {
		return
	}
	for i := range t.layout.Unknown {
		if t.layout.Unknown[i].Column == column+1 {
			t.layout.Unknown[i].Filled++
			return
		}
	}
	titled := column < len(t.header.titles) && t.header.titles[column].text != ""
	switch {
	case titled && t.fixed == "" && t.reader(column) != nil:
		title := t.header.titles[column].text
		d.fault(column+1, "", events.Text{
			ZH: d.kind.typ.Name + " 没有“" + title + "”这一项，但这里填了“" + shorten(c.text) + "”",
			EN: d.kind.typ.Name + " has no " + quote(title) + ", but there is " + quote(c.text) + " here",
		})
	case titled: // numbers the rows, or is to be skipped
	case d.line.record != nil && column >= t.layout.Width:
		d.fault(column+1, "", events.Text{
			ZH: "比表头多出一格“" + shorten(c.text) + "”；含分隔符的内容要加引号", EN: "there is " + quote(c.text) + " beyond the last column; what holds a separator needs quotes"})
	default:
		t.layout.Unknown = append(t.layout.Unknown, Unknown{Column: column + 1, Filled: 1})
	}
}

// cell takes the value of a cell.
func (d *draft) cell(column *Column, b *binding, c cell) {
	if c.fault != nil {
		d.fault(b.column+1, column.Path, *c.fault)
		return
	}
	if fault := merged(column, c.span); fault != nil {
		d.fault(b.column+1, column.Path, *fault)
		return
	}
	if c.span.tall() && c.span.top < d.line.number {
		d.note(b.column+1, column.Path, mergedNote(c.span))
	}
	d.put(column, b.column+1, d.convert(column, d.table.unitOf(d.kind, b), c))
}

// constant fills in what the mapping says of all rows, unless the row says otherwise.
func (d *draft) constant(f *fixedValue) {
	if d.given[f.path] {
		return
	}
	d.put(&d.kind.columns[f.field], 0, f.converted)
}

// put puts a value where it belongs.
func (d *draft) put(column *Column, at int, v forms.Converted) {
	if v.Note != "" {
		d.note(at, column.Path, events.Text{ZH: v.Note, EN: v.Note})
	}
	if !v.OK() {
		d.fault(at, column.Path, v.Fault)
		return
	}
	d.given[column.Path] = true
	text, _ := v.Value.(string)
	switch column.Path {
	case pathTime:
		d.env.Time = text
	case pathOrg:
		d.env.Org = text
	case pathID:
		d.env.ID = text
	case pathSource:
		d.env.Source = text
	default:
		name, leaf, nested := strings.Cut(strings.TrimPrefix(column.Path, dataPrefix), ".")
		if !nested {
			d.data[name] = v.Value
			return
		}
		g := d.groups[name]
		if g == nil {
			g = &group{}
			d.groups[name] = g
		}
		g.leaves = append(g.leaves, leafValue{leaf, column, at, v.Value})
	}
}

func (d *draft) note(column int, field string, text events.Text) {
	d.row.Notes = append(d.row.Notes, Note{column, field, text})
}

func (d *draft) fault(column int, field string, text events.Text) {
	d.row.Faults = append(d.row.Faults, Fault{column, field, text})
}

// missing adds the required fields that a faulty row lacks, so that all that is wrong with it is said at once.
func (d *draft) missing() {
	for i := range d.kind.columns {
		c := &d.kind.columns[i]
		if !c.Required || d.kind.hasConstant(c.Path) {
			continue
		}
		at := d.kind.paths[c.Path]
		if _, ok := d.line.filled(at - 1); at == 0 || !ok {
			d.fault(at, c.Path, events.Text{ZH: "缺少" + c.Title.ZH, EN: c.Title.EN + " is missing"})
		}
	}
}

// event writes the event, and numbers it among those with equal content.
func (d *draft) event() []byte {
	o := &d.table.file.options
	d.env.Specversion, d.env.Type = "1.0", d.kind.typ.Name
	if d.env.Org == "" {
		d.env.Org = o.Org
	}
	if d.env.Source == "" {
		d.env.Source = o.Source
	}
	d.env.Data = encode(d.data)
	if n := d.table.file.equal.number(&d.env, d.kind.typ, d.data, o.Catalogue); n > 1 {
		d.env.Nth = n
		d.note(0, "", nthNote(n))
	}
	return encode(&d.env)
}

// encode writes JSON. Nothing that a row is made of can fail to be written.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("sheets: " + err.Error())
	}
	return b
}
