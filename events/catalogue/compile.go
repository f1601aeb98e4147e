package catalogue

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// place says where in a schema a value's schema stands.
type place uint8

const (
	atRoot place = iota
	atProperty
	atItem
	atDemand // within if, then, anyOf and the like, about a property that has its own schema
)

var propertyName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// refs are what an x-ref may name: what the intake can tell known values of from unknown ones.
var refs = []string{"org", "event_type", "indicator"}

// schema compiles the schema of a value. It always returns a rule, so that the rest of the document is looked at, too.
func (c *compiler) schema(v *value, name string, at place) *rule {
	if v.kind != '{' {
		c.mistake(v.from, want("a schema must be an object", "模式应为对象"), phrase{})
		r := newRule(Any)
		r.field = &Field{Name: name}
		return r
	}
	kind, nullable := c.kind(v, at)
	r := newRule(kind)
	r.nullable = nullable
	r.field = &Field{Name: name, Kind: kind, Nullable: nullable}
	r.want = wantKind[kind]
	if nullable {
		r.want = orNull(r.want)
	}
	c.vocabulary(v, wantKind[kind], c.keywordsAt(at), ofKind[kind])
	if at != atDemand {
		needed := at != atItem
		r.field.Title = c.label(v, "title", "x-title-en", needed)
		r.field.Description = c.label(v, "description", "x-description-en", false)
	}
	c.limits(v, r, at)
	if at == atProperty {
		c.fallback(v, r)
	}
	if at == atProperty || at == atItem {
		c.examples(v, r)
	}
	return r
}

func (c *compiler) keywordsAt(at place) []string {
	switch at {
	case atRoot:
		return slices.Concat(labels, ofCondition, ofRoot)
	case atProperty:
		return slices.Concat(labels, ofProperty)
	case atItem:
		return slices.Concat(labels, ofItem)
	}
	return ofCondition
}

// limits compiles the keywords that bound a value.
func (c *compiler) limits(v *value, r *rule, at place) {
	r.minLength, r.maxLength = c.sizes(v, "minLength", "maxLength")
	r.minItems, r.maxItems = c.sizes(v, "minItems", "maxItems")
	r.unique = c.flag(v, "uniqueItems")
	c.bounds(v, r)
	r.field.Minimum, r.field.Maximum, r.field.MaxLength = r.min, r.max, max(r.maxLength, 0)
	c.pattern(v, r)
	c.literals(v, r, at)
	if ref := c.text(v, "x-ref"); ref != "" {
		if !slices.Contains(refs, ref) {
			list := strings.Join(refs, ", ")
			c.mistake(v.get("x-ref").from, want("nothing is known by the reference "+strconv.Quote(ref), "没有引用 "+strconv.Quote(ref)),
				want("it is one of "+list, "可用:"+list))
		}
		r.field.Ref = ref
	}
	switch r.kind {
	case Array:
		c.items(v, r)
	case Object:
		if at != atDemand {
			c.record(v, r)
		}
	}
}

func (c *compiler) items(v *value, r *rule) {
	w := v.get("items")
	if w == nil {
		c.mistake(v.from, want(`"items" is missing`, `缺少 "items"`), want("say what the items of the list are", "请说明列表项是什么"))
		r.items = anything
		return
	}
	r.items = c.schema(w, "", atItem)
	r.field.Items = r.items.field
}

// bounds compiles minimum and maximum. Our numbers are whole, so that an exclusive bound is the next inclusive one.
func (c *compiler) bounds(v *value, r *rule) {
	r.min, r.max = c.number(v, "minimum"), c.number(v, "maximum")
	if n := c.number(v, "exclusiveMinimum"); n != nil && (r.min == nil || *n+1 > *r.min) {
		*n++
		r.min = n
	}
	if n := c.number(v, "exclusiveMaximum"); n != nil && (r.max == nil || *n-1 < *r.max) {
		*n--
		r.max = n
	}
	if r.min != nil && r.max != nil && *r.min > *r.max {
		c.mistake(v.from, want("no number is within these bounds", "没有满足上下限的数"), phrase{})
	}
}

// fallback compiles a default, which must fit.
func (c *compiler) fallback(v *value, r *rule) {
	w := v.get("default")
	if w == nil || len(c.mistakes) > 0 && r.kind == Any {
		return
	}
	if check := c.fits(w, r, "default", want("the default", "默认值")); check != nil {
		check.write(0, r, true)
		r.field.Default = string(check.out)
	}
}

// fits checks a value that the schema itself gives by what the schema says of it. It returns nil if it does not fit.
func (c *compiler) fits(w *value, r *rule, field string, what phrase) *checker {
	check := new(checker)
	if check.run(r, c.document.text[w.from:w.to]) {
		return check
	}
	f := check.faults[0]
	f.Field = strings.Replace(f.Field, "data", field, 1)
	c.mistake(w.from, want(what.EN+" does not fit: "+f.In(events.English), what.ZH+"不合要求:"+f.In(events.Chinese)), phrase{})
	return nil
}

// examples compiles values that show how a field is filled in, which must fit. The first example of a text goes into what
// is expected of it, since a pattern tells people little.
func (c *compiler) examples(v *value, r *rule) {
	w := v.get("examples")
	if w == nil || len(c.mistakes) > 0 && r.kind == Any {
		return
	}
	if w.kind != '[' || len(w.items) == 0 {
		c.wrong(w, "examples", "a list of values", "示例列表")
		return
	}
	var list []string
	for _, item := range w.items {
		if check := c.fits(item, r, "example", want("the example", "示例")); check != nil {
			check.write(0, r, false)
			list = append(list, string(check.out))
		}
	}
	r.field.Examples = list
	if first := w.items[0]; r.kind == String && first.kind == '"' && len(list) > 0 {
		r.want = exampleWant(first.text)
		if r.nullable {
			r.want = orNull(r.want)
		}
	}
}
