package catalogue

import (
	"slices"
	"strconv"
	"strings"
)

// demand compiles what a schema says of the members of an object together; nil if that is nothing. Names refer to the
// properties of the record.
func (c *compiler) demand(v *value, rec *record) *demand {
	d := &demand{minSize: unset, maxSize: unset}
	d.required = rec.places(c.names(v, "required", func(*value) {}))
	d.minSize, d.maxSize = c.sizes(v, "minProperties", "maxProperties")
	c.dependent(v, rec, d)
	d.anyOf = c.alternatives(v, "anyOf", rec)
	d.oneOf = c.alternatives(v, "oneOf", rec)
	d.allOf = c.alternatives(v, "allOf", rec)
	d.not = c.alternative(v.get("not"), rec)
	d.when, d.then, d.otherwise = c.alternative(v.get("if"), rec), c.alternative(v.get("then"), rec), c.alternative(v.get("else"), rec)
	if d.when == nil && (d.then != nil || d.otherwise != nil) {
		c.mistake(v.from, want(`"then" and "else" need an "if"`, `"then" 和 "else" 须与 "if" 并用`), phrase{})
	}
	if d.when != nil && d.then == nil && d.otherwise == nil {
		c.mistake(v.get("if").from, want(`"if" needs a "then"`, `"if" 须与 "then" 并用`), phrase{})
	}
	c.noDefaults(v.get("if"), rec)
	c.noDefaults(v.get("not"), rec)
	c.noDefaults(v.get("oneOf"), rec)
	if d.maxSize != unset && (rec.has("entities") || slices.ContainsFunc(rec.props, func(p prop) bool { return p.fill != nil })) {
		c.mistake(v.get("maxProperties").from, want("fields with a default cannot be limited in number", "有默认值的字段不能限制个数"), phrase{})
	}
	d.speak(rec)
	if len(d.required) == 0 && len(d.dependent) == 0 && len(d.anyOf) == 0 && len(d.oneOf) == 0 && len(d.allOf) == 0 &&
		d.not == nil && d.when == nil && d.minSize == unset && d.maxSize == unset {
		return nil
	}
	return d
}

func (rec *record) has(name string) bool {
	_, ok := rec.index[name]
	return ok
}

// places returns where the names are among the properties; unknown ones, already noted, are left out.
func (rec *record) places(names []string) []int {
	var list []int
	for _, n := range names {
		if p, ok := rec.index[n]; ok {
			list = append(list, p)
		}
	}
	return list
}

func (c *compiler) dependent(v *value, rec *record, d *demand) {
	w := v.get("dependentRequired")
	if w == nil {
		return
	}
	if w.kind != '{' {
		c.wrong(w, "dependentRequired", "an object", "对象")
		return
	}
	check := func(n *value) { c.known(n, rec) }
	for _, m := range w.members {
		key := &value{kind: '"', text: m.name, from: m.at}
		c.known(key, rec)
		c.noDefault(key, rec)
		names := c.nameList(m.value, "dependentRequired", check)
		if p, ok := rec.index[m.name]; ok {
			d.dependent = append(d.dependent, dependent{prop: p, required: rec.places(names),
				because: given(m.name)})
		}
	}
}

func (c *compiler) alternatives(v *value, keyword string, rec *record) []*demand {
	w := v.get(keyword)
	if w == nil {
		return nil
	}
	if w.kind != '[' || len(w.items) == 0 {
		c.wrong(w, keyword, "a list of schemas", "模式列表")
		return nil
	}
	list := make([]*demand, 0, len(w.items))
	for _, item := range w.items {
		list = append(list, c.alternative(item, rec))
	}
	return list
}

var ofAlternative = append([]string{"properties", "$comment"}, ofDemand...)

// alternative compiles a schema within anyOf, if and the like: about the same object, whose properties have their own
// schemas already.
func (c *compiler) alternative(v *value, rec *record) *demand {
	if v == nil {
		return nil
	}
	d := &demand{minSize: unset, maxSize: unset}
	if v.kind != '{' {
		c.mistake(v.from, want("a schema must be an object", "模式应为对象"), phrase{})
		return d
	}
	c.vocabulary(v, want("an object within a condition", "条件中的对象"), ofAlternative)
	c.names(v, "required", func(n *value) { c.known(n, rec) })
	if inner := c.demand(v, rec); inner != nil {
		d = inner
	}
	props := v.get("properties")
	if props == nil {
		return d
	}
	if props.kind != '{' {
		c.wrong(props, "properties", "an object", "对象")
	}
	for _, m := range props.members {
		c.known(&value{kind: '"', text: m.name, from: m.at}, rec)
		r := c.schema(m.value, m.name, atDemand)
		if p, ok := rec.index[m.name]; ok {
			r.field.Enum, r.field.EnumTitles = rec.props[p].rule.field.Enum, rec.props[p].rule.field.EnumTitles
			d.props = append(d.props, propDemand{prop: p, rule: r})
		}
	}
	return d
}

// noDefaults notes a condition on whether a property is given that always is, once its default is filled in: the same
// event would then be judged differently when it is read again.
func (c *compiler) noDefaults(v *value, rec *record) {
	if v == nil {
		return
	}
	for _, item := range v.items {
		c.noDefaults(item, rec)
	}
	if req := v.get("required"); req != nil {
		for _, n := range req.items {
			c.noDefault(n, rec)
		}
	}
}

func (c *compiler) noDefault(n *value, rec *record) {
	if p, ok := rec.index[n.text]; ok && (rec.props[p].fill != nil || n.text == "count" && rec.has("entities")) {
		c.mistake(n.from, want(strconv.Quote(n.text)+" has a default, nothing may depend on whether it is given", strconv.Quote(n.text)+" 有默认值,不能以是否填写为条件"), phrase{})
	}
}

// speak puts the demand's parts into words.
func (d *demand) speak(rec *record) {
	d.anySays = phrase{EN: "at least " + say(rec, d.anyOf, ", or "), ZH: "至少填写 " + sayZH(rec, d.anyOf, ",或 ")}
	d.oneSays = phrase{EN: "exactly one of: " + say(rec, d.oneOf, "; "), ZH: "以下恰好一项:" + sayZH(rec, d.oneOf, ";")}
	if d.not != nil {
		d.notSays = phrase{EN: "anything but " + say(rec, []*demand{d.not}, ""), ZH: "不能是 " + sayZH(rec, []*demand{d.not}, "")}
	}
	if d.when != nil {
		d.because = d.when.reason(rec)
	}
}

// reason puts a condition into words.
func (d *demand) reason(rec *record) phrase {
	en, zh := say(rec, []*demand{d}, ""), sayZH(rec, []*demand{d}, "")
	if len(d.required) == 1 && en == rec.props[d.required[0]].name {
		return given(en)
	}
	return phrase{EN: "because " + en, ZH: "因为 " + zh}
}

// given is the reason why something holds where a field is filled in.
func given(name string) phrase { return want("because "+name+" is given", "因为填了 "+name) }

// speech is how a language puts demands together.
type speech struct {
	and, or, is, not string
	in               func(phrase) string
}

var (
	inEnglish = speech{" and ", " or ", " is ", "not ", func(p phrase) string { return p.EN }}
	inChinese = speech{" 和 ", " 或 ", " 为 ", "没有 ", func(p phrase) string { return p.ZH }}
)

func say(rec *record, list []*demand, or string) string   { return inEnglish.join(rec, list, or) }
func sayZH(rec *record, list []*demand, or string) string { return inChinese.join(rec, list, or) }

// join writes alternatives such as "project_id and kind is invention, or entities".
func (s speech) join(rec *record, list []*demand, or string) string {
	all := make([]string, 0, len(list))
	for _, d := range list {
		all = append(all, s.one(rec, d))
	}
	return strings.Join(all, or)
}

// one puts one demand into words. Limits in number and conditions within conditions, which nobody has needed yet, stay
// unsaid.
func (s speech) one(rec *record, d *demand) string {
	var parts []string
	for _, p := range d.props {
		parts = append(parts, rec.props[p.prop].name+s.is+s.in(p.rule.says()))
	}
	for _, p := range d.required {
		if !d.about(p) {
			parts = append(parts, rec.props[p].name)
		}
	}
	for _, group := range [][]*demand{d.anyOf, d.oneOf} {
		if group != nil {
			parts = append(parts, "("+s.join(rec, group, s.or)+")")
		}
	}
	if d.allOf != nil {
		parts = append(parts, s.join(rec, d.allOf, s.and))
	}
	if d.not != nil {
		parts = append(parts, s.not+s.one(rec, d.not))
	}
	if len(parts) == 0 {
		return "..."
	}
	return strings.Join(parts, s.and)
}

// about reports whether the demand also says what the property must be.
func (d *demand) about(p int) bool {
	for _, q := range d.props {
		if q.prop == p {
			return true
		}
	}
	return false
}

// says puts a rule within a condition into words.
func (r *rule) says() phrase {
	switch {
	case r.enum != nil:
		return r.listed
	case r.min != nil || r.max != nil:
		return r.boundsWant()
	case r.pattern != nil:
		return r.patternWant()
	}
	return r.want
}
