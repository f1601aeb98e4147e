package sheets

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// mappingKeys are the keys of a mapping file.
var mappingKeys = []string{"type", "sheet", "header_row", "columns", "constants", "skip"}

// ParseMapping reads a mapping file, and lists all that is wrong with it.
func ParseMapping(name string, text []byte, known *forms.Catalogue) (*Mapping, []events.Mistake) {
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
	p := &mappingParser{mappingFile: mappingFile{name: name, text: text}, known: known, mapping: &Mapping{}}
	list := p.parse()
	for _, e := range list {
		if e.key == "type" { // by which the others are checked
			p.readType(e)
		}
	}
	for _, e := range list {
		p.read(e)
	}
	if len(p.mistakes) > 0 {
		return nil, p.mistakes
	}
	return p.mapping, nil
}

// mappingParser makes a mapping of a file.
type mappingParser struct {
	mappingFile
	known   *forms.Catalogue
	mapping *Mapping
	fields  *matcher // of the type; nil if the mapping does not say it
}

func (p *mappingParser) readType(e entry) {
	name, ok := p.scalar(e.value)
	if !ok {
		return
	}
	f := &File{options: Options{Catalogue: p.known}}
	t := f.typeCalled(name)
	if t == nil {
		p.add(place(e.value), f.unknownType(name), events.Text{})
		return
	}
	p.mapping.Type, p.fields = t.Name, newMatcher(t)
}

func (p *mappingParser) read(e entry) {
	switch e.key {
	case "type":
	case "sheet":
		p.mapping.Sheet, _ = p.scalar(e.value)
	case "header_row":
		s, ok := p.scalar(e.value)
		n, err := strconv.Atoi(s)
		if ok && (err != nil || n < 1 || n > maxHeaderRow) {
			p.add(place(e.value), events.Text{ZH: "表头行是 1 到 1000 的整数", EN: "the header row is a whole number from 1 to 1000"}, events.Text{})
		}
		p.mapping.HeaderRow = n
	case "columns":
		for _, c := range p.entries(e.value) {
			p.readColumn(c)
		}
	case "constants":
		for _, c := range p.entries(e.value) {
			if text, ok := p.scalar(c.value); ok && p.field(c.key, c) {
				p.mapping.constants = append(p.mapping.constants, constant{c.key, text})
			}
		}
	case "skip":
		for _, s := range p.list(e.value) {
			p.mapping.skip = append(p.mapping.skip, s.key)
		}
	default:
		p.add(e.at, events.Text{ZH: "不认识的键 " + e.key, EN: "unknown key " + e.key}, suggestion(e.key, mappingKeys))
	}
}

const maxHeaderRow = 1000

// readColumn reads what a column gives: a field, and perhaps the unit of its numbers, as in requested_yuan*万.
func (p *mappingParser) readColumn(c entry) {
	text, ok := p.scalar(c.value)
	if !ok {
		return
	}
	field, word, scaled := strings.Cut(text, "*")
	m := mapped{title: c.key, field: strings.TrimSpace(field)}
	if scaled {
		u, isUnit := forms.ParseUnit(word)
		if !isUnit {
			p.add(place(c.value), events.Text{ZH: "不认识单位 " + word, EN: "unknown unit " + word},
				events.Text{ZH: "可写 千、万、百万、亿，如 requested_yuan*万", EN: "such as requested_yuan*万; it is one of 千, 万, 百万, 亿"})
			return
		}
		m.unit = u
	}
	at := c
	at.at = place(c.value)
	if p.field(m.field, at) {
		p.mapping.columns = append(p.mapping.columns, m)
	}
}

// field checks that a field is one of the type, or an attribute of every event.
func (p *mappingParser) field(name string, at entry) bool {
	if p.fields == nil || p.fields.resolve(name) != noColumn {
		return true
	}
	var names []string
	for i := range p.fields.columns {
		names = append(names, strings.TrimPrefix(p.fields.columns[i].Path, dataPrefix))
	}
	t := p.fields.typ.Name
	p.add(at.at, events.Text{ZH: t + " 没有字段 " + name, EN: t + " has no field " + name}, suggestion(name, names))
	return false
}

// suggestion is what was probably meant, or else what there is.
func suggestion(name string, known []string) events.Text {
	if near := events.Suggest(name, known); near != "" {
		return events.Text{ZH: "是不是 " + near + "？", EN: "did you mean " + near + "?"}
	}
	return events.Text{ZH: "可用：" + strings.Join(known, "、"), EN: "there are " + strings.Join(known, ", ")}
}
