package catalogue

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// record compiles the schema of an object: a record, whose properties are all known, or a free object.
func (c *compiler) record(v *value, r *rule) {
	rec := &record{index: map[string]int{}, count: unset, entities: unset, fields: knownFields(nil)}
	r.record = rec
	props := v.get("properties")
	if props != nil && props.kind != '{' {
		c.wrong(props, "properties", "an object", "对象")
		props = nil
	}
	if props != nil {
		c.properties(props, r)
	}
	c.others(v, props != nil, rec)
	c.required(v, r)
	rec.demand = c.demand(v, rec)
}

// properties compiles the properties of a record. Fields keep the document's order, props are sorted.
func (c *compiler) properties(v *value, r *rule) {
	for _, m := range v.members {
		if !propertyName.MatchString(m.name) {
			c.mistake(m.at, want(strconv.Quote(m.name)+" is not a name of a field", strconv.Quote(m.name)+" 不是字段名"),
				want("lower-case letters, digits and _, beginning with a letter", "小写字母、数字和下划线,以字母开头"))
		}
		p := c.schema(m.value, m.name, atProperty)
		if money := strings.HasSuffix(m.name, "_yuan"); money != (p.kind == Money) {
			c.mistake(m.at, want("names of money, and only those, end in _yuan", "金额字段(且仅金额字段)以 _yuan 结尾"),
				want(`money is {"type": "string", "x-money": "yuan", "pattern": ...}`, `金额写作 {"type": "string", "x-money": "yuan", "pattern": ...}`))
		}
		if slices.ContainsFunc(r.record.props, func(o prop) bool { return o.name == m.name }) {
			continue // noted when the document was parsed
		}
		c.titlesOnce(m, p.field.Title, r.field.Fields)
		r.field.Fields = append(r.field.Fields, p.field)
		entry := prop{name: m.name, label: []byte(strconv.Quote(m.name) + ":"), rule: p}
		if p.field.Default != "" {
			entry.fill = []byte(p.field.Default)
		}
		r.record.props = append(r.record.props, entry)
	}
	slices.SortFunc(r.record.props, func(a, b prop) int { return strings.Compare(a.name, b.name) })
	for i, p := range r.record.props {
		r.record.index[p.name] = i
	}
	r.record.fields = knownFields(r.record.props)
}

// titlesOnce notes a title that another field of the record has in the same language: a sheet's column is found by it.
func (c *compiler) titlesOnce(m member, title events.Text, before []*Field) {
	for _, lang := range []events.Lang{events.Chinese, events.English} {
		own := title.In(lang)
		i := slices.IndexFunc(before, func(f *Field) bool { return own != "" && f.Title.In(lang) == own })
		if i >= 0 {
			other := before[i].Name
			c.mistake(m.at, want(m.name+" and "+other+" have the same title "+strconv.Quote(own), m.name+" 与 "+other+" 标题相同:"+own), phrase{})
		}
	}
}

// others compiles additionalProperties.
func (c *compiler) others(v *value, named bool, rec *record) {
	w := v.get("additionalProperties")
	switch {
	case named && (w == nil || w.kind != 'f'):
		at := v.from
		if w != nil {
			at = w.from
		}
		c.mistake(at, want(`an object with properties must say "additionalProperties": false`, `列出 properties 的对象须写 "additionalProperties": false`),
			want("otherwise a mistyped name would be taken in silence", "否则写错的字段名会被悄悄接受"))
	case w == nil || w.kind == 't':
		if !named {
			rec.rest = anything
		}
	case w.kind == '{':
		rec.rest = c.schema(w, "", atItem)
	case w.kind != 'f':
		c.wrong(w, "additionalProperties", "true, false or a schema", " true、false 或模式")
	}
}

// required marks the fields that a record must have.
func (c *compiler) required(v *value, r *rule) {
	names := c.names(v, "required", func(n *value) { c.known(n, r.record) })
	for _, f := range r.field.Fields {
		f.Required = slices.Contains(names, f.Name)
		if f.Required && f.Default != "" {
			c.mistake(v.get("properties").get(f.Name).get("default").from, want("a required field needs no default", "必填字段不需要默认值"), phrase{})
		}
	}
}

// known notes a name that is not a property of the record.
func (c *compiler) known(n *value, rec *record) {
	if _, ok := rec.index[n.text]; ok {
		return
	}
	c.mistake(n.from, want(strconv.Quote(n.text)+" is not among the properties", "properties 中没有 "+strconv.Quote(n.text)), didYouMean(events.Suggest(n.text, rec.names())))
}

func (rec *record) names() []string {
	names := make([]string, len(rec.props))
	for i, p := range rec.props {
		names[i] = p.name
	}
	return names
}
