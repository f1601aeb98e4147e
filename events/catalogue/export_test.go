package catalogue

// NormalForm returns data in normal form whether or not the schema allows it, for comparison with another validator. It
// returns false where the data has no normal form, or is refused for what no schema says.
func NormalForm(t *Type, data []byte) ([]byte, bool) {
	c := new(checker)
	c.run(t.data, data)
	for _, f := range c.faults {
		switch f.Code {
		case CodeSyntax, CodeUTF8, CodeSurrogate, CodeControl, CodeDepth, CodeDuplicate, CodeNumber, CodeCount:
			return nil, false
		}
	}
	if len(c.faults) == maxFaults {
		return nil, false
	}
	c.out, c.money = c.out[:0], c.money[:0]
	c.write(0, nil, false)
	return c.out, true
}

// The parts of amounts that are compared with package events.
var (
	AppendMoney    = appendMoney
	AppendShortest = appendShortest
)

// Amount parses an amount of a kind.
func Amount(s string, k FieldKind) (int64, bool) {
	places, limit, signed := k.scale()
	n, fault := parseAmount([]byte(s), places, limit, signed)
	return n, fault == amountOK
}
