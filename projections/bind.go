package projections

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events/catalogue"
)

// binding is how events of one type feed the measures.
type binding struct {
	schema  string // the dataschema that the fold reads
	control bool   // control events feed no measure
	name    string
	// identity are the fields that name the occurrence, as indexes into wanted, -1 for the day; empty if the type has none.
	identity []int
	wanted   []string // fields of data, in order
	values   [][]byte // of the event at hand
	gates    []gate
	passed   []uint64 // by gate, of the event at hand
	inputs   []input

	orgs   int      // how many units there are
	posted []posted // by unit
}

// input is an Input with its fields found. Fields are indexes into the binding's wanted ones, -1 where there is none.
type input struct {
	Input
	measure  int
	kind     Kind
	gate     int
	bit      uint64
	amount   int
	count    int
	entities int
	thing    int
	until    int
	ends     int
	from     int // ValidFrom
	pair     []int
	dims     []int
}

// bind finds out how each type of the catalogue feeds the measures.
func bind(orgs int, c *catalogue.Catalogue, measures []Measure) (map[string]*binding, error) {
	bindings := make(map[string]*binding)
	for _, t := range c.Types() {
		bindings[t.Name] = &binding{name: t.Name, schema: t.Schema(), control: t.Control}
	}
	for m := range measures {
		for _, in := range measures[m].Inputs {
			if bindings[in.Type] == nil {
				return nil, fmt.Errorf("measure %s: unknown event type %s", measures[m].Name, in.Type)
			}
			if measures[m].Kind == Stock && in.Thing == entitiesField {
				return nil, fmt.Errorf("measure %s: a stock counts one thing an event, not its entities", measures[m].Name)
			}
			bindings[in.Type].want(in, measures[m].By)
		}
	}
	for _, b := range bindings {
		if t, _ := c.Type(b.name); len(b.wanted) > 0 {
			b.wanted = append(b.wanted, t.Identity...)
		}
		slices.Sort(b.wanted)
		b.wanted = slices.Compact(b.wanted)
		b.values = make([][]byte, len(b.wanted))
	}
	for m := range measures {
		for _, in := range measures[m].Inputs {
			bindings[in.Type].add(in, m, &measures[m])
		}
	}
	for _, b := range bindings {
		b.orgs = orgs
		b.passed = make([]uint64, len(b.gates))
		if t, _ := c.Type(b.name); len(b.inputs) > 0 {
			b.identify(t.Identity)
		}
	}
	return bindings, nil
}

// Fields with a meaning of their own in every schema that has them (SEMANTICS 1.3).
const (
	countField    = "count"
	entitiesField = "entities"
)

func (b *binding) want(in Input, by []string) {
	b.wanted = append(b.wanted, countField, entitiesField)
	for _, name := range slices.Concat([]string{in.Amount, in.Thing, in.Until, in.Ends, in.ValidFrom}, in.Pair, by) {
		if name != "" {
			b.wanted = append(b.wanted, name)
		}
	}
	if in.Where != nil {
		b.wanted = append(b.wanted, in.Where.Fields()...)
	}
}

func (b *binding) add(in Input, m int, measure *Measure) {
	bound := input{
		Input: in, measure: m, kind: measure.Kind, gate: -1,
		amount: b.field(in.Amount), count: b.field(countField), entities: b.field(entitiesField), thing: b.field(in.Thing),
		until: b.field(in.Until), ends: b.field(in.Ends), from: b.field(in.ValidFrom),
	}
	for _, name := range in.Pair {
		bound.pair = append(bound.pair, b.field(name))
	}
	for _, name := range measure.By {
		bound.dims = append(bound.dims, b.field(name))
	}
	if in.Where != nil {
		bound.gate, bound.bit = b.gate(in.Where)
	}
	b.inputs = append(b.inputs, bound)
}

func (b *binding) field(name string) int {
	i, ok := slices.BinarySearch(b.wanted, name)
	if name == "" || !ok {
		return -1
	}
	return i
}

// gate puts the filter with those that read the same fields, up to 64 of them.
func (b *binding) gate(f *Filter) (int, uint64) {
	var wanted []int
	for _, name := range f.Fields() {
		wanted = append(wanted, b.field(name))
	}
	for i := range b.gates {
		g := &b.gates[i]
		if slices.Equal(g.wanted, wanted) && len(g.filters) < 64 {
			g.filters = append(g.filters, f)
			return i, 1 << (len(g.filters) - 1)
		}
	}
	b.gates = append(b.gates, gate{
		wanted: wanted, filters: []*Filter{f}, memo: make(map[string]uint64), raw: make([][]byte, len(wanted)),
	})
	return len(b.gates) - 1, 1
}

// read finds the values of an event and the filters that it passes.
func (b *binding) read(data []byte) error {
	if err := fields(data, b.wanted, b.values); err != nil {
		return err
	}
	for i := range b.gates {
		bits, err := b.gates[i].pass(b.values)
		if err != nil {
			return err
		}
		b.passed[i] = bits
	}
	return nil
}

func (b *binding) passes(in *input) bool {
	return in.gate < 0 || b.passed[in.gate]&in.bit != 0
}

// value returns a raw value, nil for a field that the input does not have.
func (b *binding) value(field int) []byte {
	if field < 0 {
		return nil
	}
	return b.values[field]
}

// fault says which field of a stored event cannot be used.
func (b *binding) fault(field int, err error) error {
	return fmt.Errorf("data.%s: %w", strings.TrimSpace(b.wanted[field]), err)
}
