package catalogue

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// literals compiles enum and const.
func (c *compiler) literals(v *value, r *rule, at place) {
	list, one := v.get("enum"), v.get("const")
	if one != nil {
		if list != nil {
			c.mistake(one.from, want(`"const" and "enum" exclude each other`, `"const" 与 "enum" 不能并用`), phrase{})
		}
		c.literal(one, r, "const")
	}
	if list != nil {
		if list.kind != '[' || len(list.items) == 0 {
			c.wrong(list, "enum", "a list of values", "取值列表")
			return
		}
		for _, item := range list.items {
			c.literal(item, r, "enum")
		}
	}
	c.titles(v, r, at)
	var texts []string
	for _, l := range r.enum {
		texts = append(texts, l.says())
	}
	r.listed = listWant(texts, r.field.EnumTitles)
}

// literal adds a value that is allowed.
func (c *compiler) literal(v *value, r *rule, keyword string) {
	l := literal{text: v.text}
	fits := r.kind == Any
	switch v.kind {
	case 'n':
		l.kind, fits = kindNull, fits || r.nullable
	case 't':
		l.kind, fits = kindTrue, fits || r.kind == Boolean
	case 'f':
		l.kind, fits = kindFalse, fits || r.kind == Boolean
	case '"':
		l.kind, fits = kindString, fits || r.kind == String
	case '0':
		n, _, exact := parseDecimal([]byte(v.text), nil).integer()
		l.kind, l.text, fits = kindNumber, strconv.FormatInt(n, 10), exact && (fits || r.kind == Integer)
	default:
		fits = false
	}
	if !fits {
		c.wrong(v, keyword, "a value of the schema's type", "与 type 一致的值")
		return
	}
	if slices.Contains(r.enum, l) {
		c.mistake(v.from, want("this value stands here twice", "取值重复"), phrase{})
		return
	}
	r.enum = append(r.enum, l)
	if keyword == "enum" && l.kind != kindNull {
		r.field.Enum = append(r.field.Enum, l.text)
	}
}

func (l literal) says() string {
	switch l.kind {
	case kindNull:
		return "null"
	case kindTrue:
		return "true"
	case kindFalse:
		return "false"
	}
	return l.text
}

// titles reads the titles of the values of an enum.
func (c *compiler) titles(v *value, r *rule, at place) {
	w := v.get("x-titles")
	if at == atDemand || r.field.Enum == nil && w == nil {
		return
	}
	if r.field.Enum == nil {
		c.mistake(w.from, want(`"x-titles" needs an "enum" whose values it names`, `"x-titles" 须与 "enum" 并用,给出其取值的名称`), phrase{})
		return
	}
	if w == nil || w.kind != '{' {
		c.mistake(v.get("enum").from, want(`"x-titles" is missing: an enum says what its values mean`, `缺少 "x-titles":枚举须给出各取值的名称`),
			want(`"x-titles": {"`+r.field.Enum[0]+`": {"zh": "...", "en": "..."}}`, `"x-titles": {"`+r.field.Enum[0]+`": {"zh": "...", "en": "..."}}`))
		return
	}
	r.field.EnumTitles = make(map[string]events.Text, len(r.field.Enum))
	for _, m := range w.members {
		if !slices.Contains(r.field.Enum, m.name) {
			c.mistake(m.at, want(strconv.Quote(m.name)+" is not a value of the enum", strconv.Quote(m.name)+" 不是枚举的取值"), didYouMean(events.Suggest(m.name, r.field.Enum)))
		}
		r.field.EnumTitles[m.name] = c.pair(m.value, "x-titles")
	}
	var missing []string
	for _, value := range r.field.Enum {
		if w.get(value) == nil {
			missing = append(missing, value)
		}
	}
	if len(missing) > 0 {
		list := strings.Join(missing, ", ")
		c.mistake(w.from, want("no title for "+list, "缺少名称:"+list), phrase{})
	}
}
