package projections

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"

	"github.com/kaohe/kaohe/events"
)

var functions = []string{"len", "lower", "upper", "trim", "any", "all", "none", "one", "count"}

func (c *compiler) call(n *ast.BuiltinNode) operand {
	if !slices.Contains(functions, n.Name) {
		return c.noFunction(n, n.Name)
	}
	args := 1
	if slices.Index(functions, n.Name) >= slices.Index(functions, "any") {
		args = 2
	}
	if len(n.Arguments) != args {
		want := map[int]events.Text{1: {ZH: "要一个参数", EN: "takes one argument"}, 2: {ZH: "要列表和条件", EN: "takes a list and a condition"}}[args]
		return c.fault(offset(n), n.Name+" "+want.ZH, n.Name+" "+want.EN, events.Text{})
	}
	switch n.Name {
	case "len":
		return c.length(n)
	case "lower", "upper", "trim":
		return c.textCall(n)
	}
	return c.predicate(n)
}

func (c *compiler) unknownCall(n *ast.CallNode) operand {
	if id, ok := n.Callee.(*ast.IdentifierNode); ok {
		return c.noFunction(n, id.Value)
	}
	return c.fault(offset(n), "data 里没有函数", "data has no functions", events.Text{})
}

func (c *compiler) noFunction(n ast.Node, name string) operand {
	hint := events.Text{ZH: "可用的有:" + strings.Join(functions, "、"), EN: "there are " + strings.Join(functions, ", ")}
	if near := events.Suggest(name, functions); near != "" {
		hint = didYouMean(near)
	}
	return c.fault(offset(n), "筛选条件里没有函数 "+name, "filters have no function "+name, hint)
}

// length counts the items of a list or the characters of a text.
func (c *compiler) length(n *ast.BuiltinNode) operand {
	x := c.node(n.Arguments[0])
	if x.kind != isList {
		x = c.want(x, isString)
	}
	return computed(n, isNumber, func(s *scope) value {
		v := x.run(s)
		return value{kind: isNumber, num: whole(len(v.list) + utf8.RuneCountInString(v.str))}
	})
}

func (c *compiler) textCall(n *ast.BuiltinNode) operand {
	x := c.want(c.node(n.Arguments[0]), isString)
	if x.unknown {
		return x
	}
	f := map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper, "trim": strings.TrimSpace}[n.Name]
	result := x.lift(x, func(v, _ value) value { return value{kind: isString, str: f(v.str)} })
	result.kind, result.at = isString, offset(n)
	return result
}

// predicate compiles the functions that look at every item of a list.
func (c *compiler) predicate(n *ast.BuiltinNode) operand {
	list := c.want(c.node(n.Arguments[0]), isList)
	body, ok := n.Arguments[1].(*ast.PredicateNode)
	if list.unknown || !ok || list.field == nil || list.field.Items == nil {
		if list.unknown {
			return list
		}
		return c.fault(list.at, n.Name+" 要 data 里的列表", n.Name+" takes a list of data", events.Text{})
	}
	item := shapeOf(list.field.Items)
	item.optional = list.field.Items.Nullable
	outer := c.item
	c.item = &item
	cond := c.condition(body.Node)
	c.item = outer

	hits := func(s *scope) (hits, of int) {
		items := list.run(s).list
		before := s.item
		for _, s.item = range items {
			if cond(s).truth() {
				hits++
			}
		}
		s.item = before
		return hits, len(items)
	}
	if n.Name == "count" {
		return computed(n, isNumber, func(s *scope) value {
			k, _ := hits(s)
			return value{kind: isNumber, num: whole(k)}
		})
	}
	holds := map[string]func(k, of int) bool{
		"any":  func(k, _ int) bool { return k > 0 },
		"all":  func(k, of int) bool { return k == of },
		"none": func(k, _ int) bool { return k == 0 },
		"one":  func(k, _ int) bool { return k == 1 },
	}[n.Name]
	return computed(n, isBool, func(s *scope) value { return boolean(holds(hits(s))) })
}
