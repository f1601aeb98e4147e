package catalogue_test

import (
	"os"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// defaultPlan loads the schemas that kaohe comes with.
func defaultPlan(tb testing.TB) *catalogue.Catalogue {
	tb.Helper()
	c, mistakes := catalogue.Load(os.DirFS("../../deploy/plan"))
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if c == nil {
		tb.FailNow()
	}
	return c
}

func TestTheDefaultPlanLoads(t *testing.T) {
	c := defaultPlan(t)
	if len(c.Types()) < 31 {
		t.Errorf("%d types, want the 28 of business and those of control", len(c.Types()))
	}
}
