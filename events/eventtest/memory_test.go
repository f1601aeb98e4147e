package eventtest_test

import (
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
)

func TestMemory(t *testing.T) {
	eventtest.TestLog(t, func(testing.TB) events.Log { return eventtest.NewMemory(time.Now) })
}
