package projections

import (
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/kaohe/kaohe/events"
)

func (c *compiler) unary(n *ast.UnaryNode) operand {
	switch n.Operator {
	case "not", "!":
		cond := c.condition(n.Node)
		return computed(n, isBool, func(s *scope) value { return boolean(!cond(s).truth()) })
	case "+", "-":
		x := c.want(c.node(n.Node), isNumber)
		if x.unknown || n.Operator == "+" {
			return x
		}
		x.at = offset(n)
		return x.lift(x, func(v, _ value) value { return value{kind: isNumber, num: v.num.negate()} })
	}
	return c.noOperator(n, n.Operator)
}

func (c *compiler) binary(n *ast.BinaryNode) operand {
	switch n.Operator {
	case "&&", "and":
		a, b := c.condition(n.Left), c.condition(n.Right)
		return computed(n, isBool, func(s *scope) value { return boolean(a(s).truth() && b(s).truth()) })
	case "||", "or":
		a, b := c.condition(n.Left), c.condition(n.Right)
		return computed(n, isBool, func(s *scope) value { return boolean(a(s).truth() || b(s).truth()) })
	case "==", "!=", "<", "<=", ">", ">=":
		return c.comparison(n)
	case "in":
		return c.in(n)
	case "contains", "startsWith", "endsWith", "matches":
		return c.textTest(n)
	case "+", "-", "*", "/", "%":
		return c.arithmetic(n)
	case "??":
		return c.coalesce(n)
	}
	return c.noOperator(n, n.Operator)
}

func (c *compiler) noOperator(n ast.Node, op string) operand {
	return c.fault(offset(n), "筛选条件里没有运算符 "+op, "filters have no operator "+op, events.Text{})
}

func computed(n ast.Node, k kind, run eval) operand {
	return operand{shape: shape{kind: k}, run: run, at: offset(n)}
}

// lift makes an operand of x and y that is nil if either of them is.
func (x operand) lift(y operand, f func(a, b value) value) operand {
	return operand{
		shape: shape{kind: x.kind, optional: x.optional || y.optional},
		at:    x.at,
		run: func(s *scope) value {
			a, b := x.run(s), y.run(s)
			if a.kind == isNil || b.kind == isNil {
				return value{}
			}
			return f(a, b)
		},
	}
}

func (c *compiler) comparison(n *ast.BinaryNode) operand {
	a, b := c.node(n.Left), c.node(n.Right)
	c.comparable(offset(n), a, b, n.Operator != "==" && n.Operator != "!=")
	var holds func(a, b value) bool
	switch n.Operator {
	case "==":
		holds = equalValues
	case "!=":
		holds = func(a, b value) bool { return !equalValues(a, b) }
	default:
		holds = orderings[n.Operator]
	}
	return computed(n, isBool, func(s *scope) value { return boolean(holds(a.run(s), b.run(s))) })
}

var orderings = map[string]func(a, b value) bool{
	"<":  func(a, b value) bool { o, ok := compareValues(a, b); return ok && o < 0 },
	"<=": func(a, b value) bool { o, ok := compareValues(a, b); return ok && o <= 0 },
	">":  func(a, b value) bool { o, ok := compareValues(a, b); return ok && o > 0 },
	">=": func(a, b value) bool { o, ok := compareValues(a, b); return ok && o >= 0 },
}

// in compiles membership in a list that is written out, in a range of whole numbers, and in a list of data.
func (c *compiler) in(n *ast.BinaryNode) operand {
	x := c.node(n.Left)
	switch right := n.Right.(type) {
	case *ast.ArrayNode:
		items := make([]operand, len(right.Nodes))
		for i, node := range right.Nodes {
			items[i] = c.node(node)
			c.comparable(offset(n), x, items[i], false)
		}
		return computed(n, isBool, func(s *scope) value {
			v := x.run(s)
			return boolean(slices.ContainsFunc(items, func(item operand) bool { return equalValues(v, item.run(s)) }))
		})
	case *ast.BinaryNode:
		if right.Operator == ".." {
			return c.inRange(n, x, right)
		}
	}
	list := c.want(c.node(n.Right), isList)
	if list.field != nil && list.field.Items != nil {
		c.comparable(offset(n), x, operand{shape: shapeOf(list.field.Items), at: list.at}, false)
	}
	return computed(n, isBool, func(s *scope) value {
		v := x.run(s)
		return boolean(slices.ContainsFunc(list.run(s).list, func(item value) bool { return equalValues(v, item) }))
	})
}

func (c *compiler) inRange(n ast.Node, x operand, r *ast.BinaryNode) operand {
	x = c.want(x, isNumber)
	from, to := c.want(c.node(r.Left), isNumber), c.want(c.node(r.Right), isNumber)
	return computed(n, isBool, func(s *scope) value {
		v := x.run(s)
		return boolean(v.kind == isNumber && v.num.rat().IsInt() &&
			orderings[">="](v, from.run(s)) && orderings["<="](v, to.run(s)))
	})
}

func (c *compiler) textTest(n *ast.BinaryNode) operand {
	x := c.want(c.node(n.Left), isString)
	if n.Operator == "matches" {
		return c.matches(n, x)
	}
	y := c.want(c.node(n.Right), isString)
	test := map[string]func(s, part string) bool{
		"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix,
	}[n.Operator]
	return computed(n, isBool, func(s *scope) value {
		a, b := x.run(s), y.run(s)
		return boolean(a.isText() && b.isText() && test(a.str, b.str))
	})
}

// matches takes a pattern that is written out, so that it is compiled once and a mistake in it shows when the plan is loaded.
func (c *compiler) matches(n *ast.BinaryNode, x operand) operand {
	pattern, ok := n.Right.(*ast.StringNode)
	if !ok {
		return c.fault(offset(n.Right), "matches 之后要写正则表达式文本", "matches wants a pattern in quotes", events.Text{})
	}
	re, err := regexp.Compile(pattern.Value)
	if err != nil {
		return c.fault(offset(pattern), "正则表达式有误:"+err.Error(), "bad pattern: "+err.Error(), events.Text{})
	}
	return computed(n, isBool, func(s *scope) value {
		v := x.run(s)
		return boolean(v.isText() && re.MatchString(v.str))
	})
}

func (c *compiler) arithmetic(n *ast.BinaryNode) operand {
	a, b := c.node(n.Left), c.node(n.Right)
	if n.Operator == "+" && a.kind == isString && b.kind == isString {
		return a.lift(b, func(x, y value) value { return value{kind: isString, str: x.str + y.str} })
	}
	if a, b = c.want(a, isNumber), c.want(b, isNumber); a.unknown || b.unknown {
		return operand{shape: shape{unknown: true}, run: a.run, at: offset(n)}
	}
	result := a.lift(b, func(x, y value) value {
		num, ok := calculate(n.Operator, x.num, y.num)
		if !ok {
			return value{}
		}
		return value{kind: isNumber, num: num}
	})
	result.at = offset(n)
	result.optional = result.optional || n.Operator == "/" || n.Operator == "%"
	return result
}

func calculate(op string, x, y number) (number, bool) {
	switch op {
	case "+":
		return x.add(y), true
	case "-":
		return x.add(y.negate()), true
	case "*":
		return x.multiply(y), true
	case "/":
		return x.divide(y)
	}
	return x.remainder(y)
}

func (c *compiler) coalesce(n *ast.BinaryNode) operand {
	a, b := c.node(n.Left), c.node(n.Right)
	if !a.unknown && !a.optional {
		c.neverNil(a)
	}
	result := c.either(offset(n), a, b)
	result.optional = b.optional
	result.run = func(s *scope) value {
		if v := a.run(s); v.kind != isNil {
			return v
		}
		return b.run(s)
	}
	return result
}

func (c *compiler) choice(n *ast.ConditionalNode) operand {
	cond, a, b := c.condition(n.Cond), c.node(n.Exp1), c.node(n.Exp2)
	result := c.either(a.at, a, b)
	result.optional = a.optional || b.optional
	result.run = func(s *scope) value {
		if cond(s).truth() {
			return a.run(s)
		}
		return b.run(s)
	}
	return result
}

// either is the shape of what is one operand or the other.
func (c *compiler) either(at int, a, b operand) operand {
	result := operand{shape: a.shape, at: at}
	result.constant = nil
	switch {
	case a.unknown || b.kind == isNil && !b.unknown:
		return result
	case b.unknown || a.kind == isNil:
		result.kind, result.field, result.unknown = b.kind, b.field, b.unknown
		return result
	case a.kind == b.kind:
		if a.field != b.field {
			result.field = nil // what it may be is no longer known
		}
		return result
	}
	x, y := a.kindName(), b.kindName()
	return c.fault(b.at, "两种结果的类型不同:"+x.ZH+"与"+y.ZH, "the two results differ: "+x.EN+" and "+y.EN, events.Text{})
}
