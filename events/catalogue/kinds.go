package catalogue

import (
	"regexp"
	"strconv"
)

// The patterns that money and decimals have, so that any other JSON Schema validator agrees with ours.
const (
	moneyPattern    = `^(0|[1-9][0-9]{0,12})\.[0-9]{2}$`
	decimalPattern  = `^-?(0|[1-9][0-9]{0,13})(\.[0-9]{1,4})?$`
	unsignedPattern = `^(0|[1-9][0-9]{0,13})(\.[0-9]{1,4})?$`
)

var kinds = map[string]FieldKind{"string": String, "integer": Integer, "boolean": Boolean, "array": Array, "object": Object}

// kind reads the type of a value and what tells money, decimals and dates from other text.
func (c *compiler) kind(v *value, at place) (k FieldKind, nullable bool) {
	w := v.get("type")
	if w == nil {
		if at != atDemand {
			c.mistake(v.from, want(`"type" is missing`, `缺少 "type"`), want(`such as "string", "integer" or ["integer", "null"]`, `例如 "string"、"integer" 或 ["integer", "null"]`))
		}
		if at == atRoot {
			return Object, false
		}
		return Any, false
	}
	names := []*value{w}
	if w.kind == '[' {
		names = w.items
	}
	for _, n := range names {
		known, ok := kinds[n.text]
		switch {
		case n.kind == '"' && n.text == "null" && w.kind == '[' && !nullable:
			nullable = true
		case n.kind == '"' && n.text == "number":
			c.mistake(n.from, want(`the type "number" is not exact`, `类型 "number" 不精确`),
				want(`use "integer", or "string" with "x-decimal": true or "x-money": "yuan"`, `请用 "integer",或 "string" 加 "x-decimal": true 或 "x-money": "yuan"`))
		case n.kind != '"' || !ok || k != Any:
			c.wrong(n, "type", `"string", "integer", "boolean", "array" or "object", or a list of one of them and "null"`, ` "string"、"integer"、"boolean"、"array"、"object" 之一,或其一与 "null" 的列表`)
		default:
			k = known
		}
	}
	if k == String {
		k = c.textKind(v)
	}
	if at == atRoot && (k != Object || nullable) {
		c.wrong(w, "type", `"object" at the top`, ` "object"(最外层)`)
		return Object, false
	}
	return k, nullable
}

// textKind tells what kind of text it is.
func (c *compiler) textKind(v *value) FieldKind {
	format, money, decimal := v.get("format"), v.get("x-money"), v.get("x-decimal")
	if format != nil && (format.kind != '"' || format.text != "date") {
		c.wrong(format, "format", `"date", the only one supported`, ` "date"(仅支持这一种)`)
	}
	if money != nil && (money.kind != '"' || money.text != "yuan") {
		c.wrong(money, "x-money", `"yuan"`, ` "yuan"`)
	}
	switch {
	case money != nil:
		return Money
	case decimal != nil && c.flag(v, "x-decimal"):
		return Decimal
	case format != nil:
		return Date
	}
	return String
}

func (c *compiler) pattern(v *value, r *rule) {
	w := v.get("pattern")
	switch r.kind {
	case Money:
		c.exactly(v, w, moneyPattern)
	case Decimal:
		r.unsigned = w != nil && w.text == unsignedPattern
		if !r.unsigned {
			c.exactly(v, w, decimalPattern)
		}
	default:
		if p := c.text(v, "pattern"); p != "" {
			var err error
			if r.pattern, err = regexp.Compile(p); err != nil {
				c.mistake(w.from, want("this pattern does not compile: "+err.Error(), "正则表达式有误:"+err.Error()), phrase{})
			}
		}
	}
}

// exactly notes a pattern that is not the one of money or decimals.
func (c *compiler) exactly(v, pattern *value, must string) {
	if pattern != nil && pattern.text == must {
		return
	}
	at := v.from
	if pattern != nil {
		at = pattern.from
	}
	quoted := strconv.Quote(must)
	c.mistake(at, want("money and decimals have a pattern of their own", "金额和小数的 pattern 是固定的"), want(`write "pattern": `+quoted, `请写 "pattern": `+quoted))
}
