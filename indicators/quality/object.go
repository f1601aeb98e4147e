package quality

import (
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
)

// object is the data of an event. A member of another kind than a rule wants is as good as none: a plan may have a type of the
// same name with other fields.
type object map[string]jsontext.Value

func readObject(data []byte) (object, error) {
	var o object
	err := json.Unmarshal(data, &o)
	return o, err
}

// text returns a string, "" if there is none.
func (o object) text(name string) string {
	raw := o[name]
	if raw.Kind() != '"' {
		return ""
	}
	s, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return ""
	}
	return string(s)
}

// number returns an integer.
func (o object) number(name string) (int64, bool) {
	raw := o[name]
	if raw.Kind() != '0' {
		return 0, false
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return n, err == nil
}

// money returns an amount.
func (o object) money(name string) (events.Money, bool) {
	m, err := events.ParseMoney(o.text(name))
	return m, err == nil
}

// day returns a date, 0 if there is none.
func (o object) day(name string) events.Day {
	d, err := events.ParseDay(o.text(name))
	if err != nil {
		return 0
	}
	return d
}

// objects returns a list of objects.
func (o object) objects(name string) []object {
	if o[name].Kind() != '[' {
		return nil
	}
	var list []object
	if json.Unmarshal(o[name], &list) != nil {
		return nil
	}
	return list
}

// filled reports whether there is anything in a list.
func (o object) filled(name string) bool {
	raw := o[name]
	if raw.Kind() != '[' {
		return false
	}
	var list []jsontext.Value
	return json.Unmarshal(raw, &list) == nil && len(list) > 0
}
