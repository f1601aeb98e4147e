package projections

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// compiler turns the tree of a filter into closures while it checks the types. After a mistake it goes on, with an operand
// that fits everywhere, to find the others.
type compiler struct {
	src      []rune
	data     []*catalogue.Field
	used     map[string]*field
	item     *shape // of the list a predicate runs over; nil outside
	mistakes []FilterMistake
}

// shape is what is known of an operand before there is an event.
type shape struct {
	kind     kind
	unknown  bool             // because of a mistake: nothing more is said about it
	field    *catalogue.Field // where it was read from; nil for what is computed
	optional bool             // may be nil
	constant *value
}

// operand is a part of a filter: its shape, how to compute it and where it stands.
type operand struct {
	shape
	run eval
	at  int
}

func (c *compiler) fault(at int, zh, en string, hint events.Text) operand {
	at = max(0, min(at, len(c.src)-1))
	c.mistakes = append(c.mistakes, FilterMistake{Offset: at, Text: events.Text{ZH: zh, EN: en}, Hint: hint})
	return operand{shape: shape{unknown: true}, run: func(*scope) value { return value{} }, at: at}
}

func parseFilter(src string) (ast.Node, *FilterMistake) {
	switch n := len([]rune(src)); {
	case strings.TrimSpace(src) == "":
		return nil, &FilterMistake{Text: events.Text{ZH: "筛选条件是空的", EN: "the filter is empty"},
			Hint: events.Text{ZH: "不需要筛选时,删去 where", EN: "leave where out if every event counts"}}
	case n > maxFilter:
		return nil, &FilterMistake{Offset: maxFilter, Text: events.Text{
			ZH: fmt.Sprintf("筛选条件有 %d 个字符,最多 %d 个", n, maxFilter),
			EN: fmt.Sprintf("the filter has %d characters, at most %d are allowed", n, maxFilter)}}
	}
	tree, err := parser.Parse(src)
	if err == nil {
		return tree.Node, nil
	}
	m := &FilterMistake{Text: events.Text{ZH: "表达式有语法错误:" + err.Error(), EN: "syntax error: " + err.Error()}}
	if e, ok := err.(*file.Error); ok {
		m.Offset = max(0, min(e.From, len([]rune(src))-1))
		m.Text = events.Text{ZH: "表达式有语法错误:" + e.Message, EN: "syntax error: " + e.Message}
		if strings.Contains(e.Message, `Operator("=")`) {
			m.Hint = events.Text{ZH: "比较相等用 ==", EN: "equality is written =="}
		}
	}
	return nil, m
}

// condition compiles what must be true or false.
func (c *compiler) condition(n ast.Node) eval {
	x := c.node(n)
	if !x.unknown && x.kind != isBool {
		name := x.kindName()
		c.fault(x.at, "这里要一个真假条件,得到的是"+name.ZH, "a condition is wanted here, this is "+name.EN,
			events.Text{ZH: "例如 data.kind == \"...\"", EN: "for example data.kind == \"...\""})
	}
	return x.run
}

func (c *compiler) node(n ast.Node) operand {
	switch n := n.(type) {
	case *ast.NilNode:
		return literal(n, value{})
	case *ast.BoolNode:
		return literal(n, boolean(n.Value))
	case *ast.StringNode:
		return literal(n, value{kind: isString, str: n.Value})
	case *ast.IntegerNode:
		return literal(n, value{kind: isNumber, num: whole(n.Value)})
	case *ast.FloatNode:
		return c.decimal(n)
	case *ast.ChainNode: // a?.b: what is absent is nil here anyway
		return c.node(n.Node)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.PointerNode:
		return c.pointer(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.choice(n)
	case *ast.BuiltinNode:
		return c.call(n)
	case *ast.IdentifierNode:
		return c.identifier(n)
	case *ast.CallNode:
		return c.unknownCall(n)
	}
	return c.fault(offset(n), "筛选条件里不能这样写", "this part of the language is not for filters", events.Text{
		ZH: "可用的有:比较、in、&&、||、not、四则运算、?:、??", EN: "there are comparisons, in, &&, ||, not, arithmetic, ?: and ??"})
}

func offset(n ast.Node) int {
	if n == nil {
		return 0
	}
	return n.Location().From
}

func literal(n ast.Node, v value) operand {
	return operand{
		shape: shape{kind: v.kind, optional: v.kind == isNil, constant: &v},
		run:   func(*scope) value { return v },
		at:    offset(n),
	}
}

// decimal reads a number with a point from the text itself: the parser has only its nearest float64.
func (c *compiler) decimal(n *ast.FloatNode) operand {
	at := n.Location()
	text := strings.ReplaceAll(string(c.src[at.From:min(at.To, len(c.src))]), "_", "")
	num, ok := parseNumber(strings.TrimSuffix(text, "."))
	if !ok && strings.HasPrefix(text, ".") {
		num, ok = parseNumber("0" + text)
	}
	if !ok {
		return c.fault(at.From, text+" 不是普通的小数", text+" is not a plain decimal number",
			events.Text{ZH: "写成 100000.10 这样", EN: "write it like 100000.10"})
	}
	return literal(n, value{kind: isNumber, num: num})
}

func (c *compiler) identifier(n *ast.IdentifierNode) operand {
	var hint events.Text
	if n.Value == "data" {
		return c.fault(offset(n), "data 之后缺字段名", "data needs the name of a field", events.Text{ZH: "例如 data.kind", EN: "for example data.kind"})
	}
	if near := catalogue.NearestField(n.Value, append(fieldNames(c.data), "data")); near == "data" {
		hint = didYouMean(near)
	} else if near != "" {
		hint = didYouMean("data." + near)
	}
	return c.fault(offset(n), "不认识 "+n.Value+":筛选条件只能读 data", "unknown name "+n.Value+": a filter reads nothing but data", hint)
}

func (c *compiler) pointer(n *ast.PointerNode) operand {
	if n.Name != "" || c.item == nil {
		return c.fault(offset(n), "筛选条件里没有 #"+n.Name, "filters have no #"+n.Name, events.Text{})
	}
	return operand{shape: *c.item, at: offset(n), run: func(s *scope) value { return s.item }}
}

// member compiles data.field, object.field and list[index].
func (c *compiler) member(n *ast.MemberNode) operand {
	name, named := n.Property.(*ast.StringNode)
	if id, ok := n.Node.(*ast.IdentifierNode); ok && id.Value == "data" && named {
		return c.topField(name)
	}
	of := c.node(n.Node)
	switch {
	case of.unknown:
		return of
	case named && of.kind == isObject:
		return c.innerField(of, name)
	case !named && of.kind == isList:
		return c.element(of, n.Property)
	}
	kind := of.kindName()
	return c.fault(offset(n.Property), kind.ZH+"没有下级字段", kind.EN+" has no parts", events.Text{})
}

func (c *compiler) topField(name *ast.StringNode) operand {
	f, ok := find(c.data, name.Value)
	if !ok {
		return c.noField("data.", c.data, name)
	}
	used, known := c.used[f.Name]
	if !known {
		used = &field{Field: f}
		c.used[f.Name] = used
	}
	return operand{shape: shapeOf(f), at: offset(name), run: func(s *scope) value { return s.fields[used.slot] }}
}

func (c *compiler) innerField(of operand, name *ast.StringNode) operand {
	f, ok := find(of.field.Fields, name.Value)
	if !ok {
		return c.noField(".", of.field.Fields, name)
	}
	shape := shapeOf(f)
	shape.optional = shape.optional || of.optional
	return operand{shape: shape, at: offset(name), run: func(s *scope) value { return of.run(s).object[f.Name] }}
}

func (c *compiler) element(of operand, index ast.Node) operand {
	i, ok := index.(*ast.IntegerNode)
	if !ok || of.field == nil || of.field.Items == nil {
		return c.fault(offset(index), "列表下标要写成 0、1、2 这样的整数", "the place in a list must be a whole number like 0, 1 or 2", events.Text{})
	}
	shape := shapeOf(of.field.Items)
	shape.optional = true
	return operand{shape: shape, at: of.at, run: func(s *scope) value {
		if list := of.run(s).list; i.Value >= 0 && i.Value < len(list) {
			return list[i.Value]
		}
		return value{}
	}}
}

func (c *compiler) noField(prefix string, fields []*catalogue.Field, name *ast.StringNode) operand {
	names := fieldNames(fields)
	hint := events.Text{ZH: "已有的字段:" + strings.Join(names, "、"), EN: "the fields are " + strings.Join(names, ", ")}
	if near := catalogue.NearestField(name.Value, names); near != "" {
		hint = didYouMean(prefix + near)
	}
	return c.fault(offset(name), "没有字段 "+prefix+name.Value, "there is no field "+prefix+name.Value, hint)
}

func shapeOf(f *catalogue.Field) shape {
	return shape{kind: kindOf(f), field: f, optional: !f.Required || f.Nullable}
}

func find(fields []*catalogue.Field, name string) (*catalogue.Field, bool) {
	i := slices.IndexFunc(fields, func(f *catalogue.Field) bool { return f.Name == name })
	if i < 0 {
		return nil, false
	}
	return fields[i], true
}

func fieldNames(fields []*catalogue.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

func didYouMean(s string) events.Text {
	return events.Text{ZH: "是不是 " + s + "?", EN: "did you mean " + s + "?"}
}
