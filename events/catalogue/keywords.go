package catalogue

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// The keywords of the subset of JSON Schema 2020-12 that a plan's schemas are written in, by where they may stand. Every
// one of them is checked on every event; one that is not listed is a mistake, for it would be ignored in silence.
var (
	labels      = []string{"title", "x-title-en", "description", "x-description-en", "$comment"}
	ofRoot      = []string{"$schema", "$id", "x-day", "x-control", "x-identity", "x-entity"}
	ofProperty  = []string{"type", "default", "examples"}
	ofItem      = []string{"type", "examples"}
	ofCondition = []string{"type"}
	ofKind      = [...][]string{
		Any:     {"enum", "const", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems"},
		String:  {"enum", "x-titles", "const", "minLength", "maxLength", "pattern", "x-ref"},
		Integer: {"enum", "x-titles", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
		Money:   {"x-money", "pattern"},
		Decimal: {"x-decimal", "pattern"},
		Date:    {"format"},
		Boolean: {"const"},
		Array:   {"items", "minItems", "maxItems", "uniqueItems"},
		Object:  append([]string{"properties", "additionalProperties"}, ofDemand...),
	}
	ofDemand = []string{"required", "dependentRequired", "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "minProperties", "maxProperties"}

	// standard are keywords of JSON Schema that are not in the subset.
	standard = []string{
		"$ref", "$defs", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "multipleOf", "prefixItems", "contains",
		"minContains", "maxContains", "patternProperties", "propertyNames", "dependentSchemas", "unevaluatedItems",
		"unevaluatedProperties", "contentEncoding", "contentMediaType", "contentSchema", "deprecated", "readOnly", "writeOnly",
	}
)

// compiler turns the document of one event type into its rules, noting every mistake.
type compiler struct {
	*document
	typ *Type
}

// vocabulary notes the members of a schema that are not among the keywords allowed at its place.
func (c *compiler) vocabulary(v *value, place phrase, allowed ...[]string) {
	known := slices.Concat(allowed...)
	for _, m := range v.members {
		if slices.Contains(known, m.name) {
			continue
		}
		if c.full() {
			return
		}
		hint := didYouMean(events.Suggest(m.name, known))
		if hint == (phrase{}) {
			list := strings.Join(known, ", ")
			hint = want("allowed here: "+list, "此处可用:"+list)
		}
		switch {
		case slices.Contains(standard, m.name):
			c.mistake(m.at, want("kaohe does not support the keyword "+strconv.Quote(m.name), "不支持关键字 "+strconv.Quote(m.name)), hint)
		case slices.Contains(slices.Concat(append(ofKind[:], ofRoot, ofProperty)...), m.name):
			c.mistake(m.at, want("the keyword "+strconv.Quote(m.name)+" does not apply to "+place.EN, "关键字 "+strconv.Quote(m.name)+" 不适用于"+place.ZH), hint)
		default:
			c.mistake(m.at, want("unknown keyword "+strconv.Quote(m.name), "未知的关键字 "+strconv.Quote(m.name)), hint)
		}
	}
}

// wrong notes a keyword whose value is not what it must be.
func (c *compiler) wrong(v *value, keyword, en, zh string) {
	c.mistake(v.from, want(strconv.Quote(keyword)+" must be "+en, strconv.Quote(keyword)+" 应为"+zh), phrase{})
}

// text reads a keyword that is a text. It returns "" if it is absent or wrong.
func (c *compiler) text(v *value, keyword string) string {
	w := v.get(keyword)
	if w == nil {
		return ""
	}
	if w.kind != '"' || strings.TrimSpace(w.text) == "" {
		c.wrong(w, keyword, "a text", "非空文字")
		return ""
	}
	return w.text
}

// label reads the two keywords of a text in both languages. If there is one there must be the other.
func (c *compiler) label(v *value, zh, en string, needed bool) events.Text {
	t := events.Text{ZH: c.text(v, zh), EN: c.text(v, en)}
	for _, k := range [...]struct{ have, lack string }{{zh, en}, {en, zh}} {
		if v.get(k.lack) == nil && (v.get(k.have) != nil || needed) {
			c.mistake(v.from, want(strconv.Quote(k.lack)+" is missing", "缺少 "+strconv.Quote(k.lack)),
				want("labels are in Chinese ("+zh+") and in English ("+en+")", "标题须有中文("+zh+")和英文("+en+")"))
		}
	}
	return t
}

// pair reads {"zh": ..., "en": ...}.
func (c *compiler) pair(v *value, keyword string) events.Text {
	t := events.Text{}
	ok := v.kind == '{' && len(v.members) == 2
	for _, m := range v.members {
		switch {
		case m.name == "zh" && m.value.kind == '"':
			t.ZH = strings.TrimSpace(m.value.text)
		case m.name == "en" && m.value.kind == '"':
			t.EN = strings.TrimSpace(m.value.text)
		}
	}
	if !ok || t.ZH == "" || t.EN == "" {
		c.wrong(v, keyword, `like {"zh": "发证日期", "en": "Date of issue"}`, ` {"zh": "发证日期", "en": "Date of issue"} 这样的两种文字`)
	}
	return t
}

// flag reads a keyword that is true or false.
func (c *compiler) flag(v *value, keyword string) bool {
	w := v.get(keyword)
	if w != nil && w.kind != 't' && w.kind != 'f' {
		c.wrong(w, keyword, "true or false", " true 或 false")
	}
	return w != nil && w.kind == 't'
}

// number reads a keyword that is a whole number.
func (c *compiler) number(v *value, keyword string) *int64 {
	w := v.get(keyword)
	if w == nil {
		return nil
	}
	if w.kind == '0' {
		if n, _, exact := parseDecimal([]byte(w.text), nil).integer(); exact {
			return &n
		}
	}
	c.wrong(w, keyword, "a whole number", "整数")
	return nil
}

// size reads a keyword that is a number of things, unset if it is absent.
func (c *compiler) size(v *value, keyword string) int {
	n := c.number(v, keyword)
	switch {
	case n == nil:
		return unset
	case *n < 0 || *n > 1<<31-1:
		c.wrong(v.get(keyword), keyword, "0 or more", "不小于 0 的整数")
		return unset
	}
	return int(*n)
}

// sizes reads a lower and an upper bound of a number of things.
func (c *compiler) sizes(v *value, low, high string) (int, int) {
	a, b := c.size(v, low), c.size(v, high)
	if a != unset && b != unset && a > b {
		c.mistake(v.get(low).from, want(low+" is greater than "+high, low+" 大于 "+high), phrase{})
	}
	return a, b
}

// names reads a keyword that is a list of different names. check says what is wrong with one of them.
func (c *compiler) names(v *value, keyword string, check func(*value)) []string {
	w := v.get(keyword)
	if w == nil {
		return nil
	}
	return c.nameList(w, keyword, check)
}

func (c *compiler) nameList(w *value, keyword string, check func(*value)) []string {
	if w.kind != '[' {
		c.wrong(w, keyword, "a list of names", "字段名列表")
		return nil
	}
	var list []string
	for _, item := range w.items {
		switch {
		case item.kind != '"':
			c.wrong(item, keyword, "a list of names", "字段名列表")
		case slices.Contains(list, item.text):
			c.mistake(item.from, want(strconv.Quote(item.text)+" stands here twice", strconv.Quote(item.text)+" 重复"), phrase{})
		default:
			check(item)
			list = append(list, item.text)
		}
	}
	return list
}
