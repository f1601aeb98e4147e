package indicators

import "fmt"

// operand is what stands on the left of a formula: a number, or several that are put together. A formula is never to state
// an equation that is false, so an operand knows whether it writes all of its numbers in full.
type operand struct {
	text    string
	rounded bool
}

// operandOf is a number within a formula.
func operandOf(n Number) operand {
	switch {
	case !n.Known():
		return operand{text: Unknown}
	case n.Sign() < 0:
		return operand{"(" + n.String() + ")", !n.written()}
	}
	return operand{n.String(), !n.written()}
}

// fraction is a share of a year or quarter, which decimals would round: 59/365.
func fraction(part, whole int) operand {
	return operand{text: fmt.Sprintf("%d/%d", part, whole)}
}

// formula puts operands into a form: formula("%s - %s", a, b).
func formula(form string, parts ...operand) operand {
	texts, rounded := make([]any, len(parts)), false
	for i, p := range parts {
		texts[i], rounded = p.text, rounded || p.rounded
	}
	return operand{fmt.Sprintf(form, texts...), rounded}
}

// equals ends a formula with what it comes to: with = if all of its numbers and that one are written in full, with ≈ if
// any is rounded. A number alone is not said to equal itself.
func (o operand) equals(n Number) string {
	switch {
	case o.text == operandOf(n).text:
		return alone(n)
	case !n.Known():
		return o.text + " = " + Unknown
	case o.rounded || !n.written():
		return o.text + " ≈ " + n.String()
	}
	return o.text + " = " + n.String()
}

// alone is a number that no formula leads to.
func alone(n Number) string {
	switch {
	case !n.Known():
		return Unknown
	case !n.written():
		return "≈ " + n.String()
	}
	return n.String()
}

// written reports whether the number is written in full.
func (n Number) written() bool { return n.rounded().Equal(n) }
