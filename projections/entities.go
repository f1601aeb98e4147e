package projections

import (
	"errors"
)

// Fields of one of the entities of a joint fact, in order.
var entityFields = []string{"id", "name"}

var errEntities = errors.New("not a list of entities with a name")

// eachEntity calls fn with what names each entity of a joint fact: its id or else its name.
func eachEntity(raw []byte, fn func(name []byte)) error {
	if isNull(raw) {
		return nil
	}
	if len(raw) < 2 || raw[0] != '[' {
		return errEntities
	}
	var values [2][]byte
	for i := 1; i < len(raw)-1; i++ {
		end := valueEnd(raw, i)
		if end < 0 || end >= len(raw) || (raw[end] != ',' && end != len(raw)-1) {
			return errEntities
		}
		if err := fields(raw[i:end], entityFields, values[:]); err != nil {
			return errEntities
		}
		named := values[0]
		if isNull(named) {
			named = values[1]
		}
		name, err := text(named)
		if err != nil {
			return errEntities
		}
		fn(name)
		i = end
	}
	return nil
}

func entityCount(raw []byte) (n int64, err error) {
	err = eachEntity(raw, func([]byte) { n++ })
	return n, err
}

// entities adds the entities of a joint fact to the things of an op. A name that stands there twice is one thing.
func (f *Fold) entities(o *op, raw []byte) error {
	return eachEntity(raw, func(name []byte) {
		thing := f.symbols.number(name)
		for _, t := range o.things {
			if t == thing {
				return
			}
		}
		o.things = append(o.things, thing)
	})
}
