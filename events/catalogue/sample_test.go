package catalogue_test

import (
	"os"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// sample loads the schema that has every keyword.
func sample(tb testing.TB) *catalogue.Type {
	tb.Helper()
	c, mistakes := catalogue.Load(os.DirFS("testdata"))
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if c == nil {
		tb.FailNow()
	}
	t, ok := c.Type("SampleTaken")
	if !ok {
		tb.Fatal("no SampleTaken")
	}
	return t
}

// mustNormalise returns the data, which must be good.
func mustNormalise(tb testing.TB, t *catalogue.Type, data string) *catalogue.Data {
	tb.Helper()
	d, faults := t.Normalise([]byte(data))
	for _, f := range faults {
		tb.Errorf("%s: %s", data, f.In(events.English))
	}
	if d == nil {
		tb.FailNow()
	}
	return d
}
