package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// DefaultListen is where a daemon listens unless told otherwise: on this machine only.
const DefaultListen = "127.0.0.1:8470"

// ErrOpen says that a daemon would be reachable from other machines. Nobody has to say who they are yet, so that anybody
// there could record facts: listen on a loopback address, and put a proxy that authenticates before it.
var ErrOpen = errors.New("not a loopback address")

// Options say what a daemon works with.
type Options struct {
	Data   string           // directory of the log
	Listen string           // host:port on a loopback interface; port 0 takes a free one; "" does not listen
	Plan   *indicators.Plan // what is counted; it comes into force if the log has another one
	// KeepPlan leaves the plan of the log in force, if it has one: Plan is for a new log.
	KeepPlan bool
	AsOf     events.Day // the business date; 0 is today
	// Salvage reads what is left of a damaged log. Nothing is written and no event is taken.
	Salvage bool

	Now     func() time.Time
	NewID   func() string // ids of commits
	Logger  *slog.Logger
	Version string        // of the program, for the metrics
	Grace   time.Duration // how long a failed start may take to clean up; 10 s if 0

	SnapshotEvery int64 // after how many events another snapshot is made; the runner's default if 0
}

func (o *Options) validate() error {
	for _, field := range []struct {
		name    string
		missing bool
	}{
		{"Data", o.Data == ""}, {"Plan", o.Plan == nil}, {"Now", o.Now == nil}, {"NewID", o.NewID == nil}, {"Logger", o.Logger == nil},
	} {
		if field.missing {
			return fmt.Errorf("app: Options.%s is not set", field.name)
		}
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.Listen == "" {
		return nil
	}
	return checkListen(o.Listen)
}

// checkListen lets only addresses of this machine pass.
func checkListen(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("listen address %q: expected host:port such as %s: %w", listen, DefaultListen, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("listen address %q: %w", listen, ErrOpen)
}
