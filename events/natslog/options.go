package natslog

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// DefaultReserve is the free space below which nothing is appended, in bytes.
const DefaultReserve = 256 << 20

// Options say where the log lies and how it is kept. [NewOptions] fills in the defaults.
type Options struct {
	Dir        string                // the data directory; created with mode 0700 if it is not there
	Logger     *slog.Logger          // takes the warnings and errors of the server too
	Registerer prometheus.Registerer // gets the metrics kaohe_log_*, with a Door also kaohe_nats_*, until Close

	// Salvage opens a log read-only, damaged or not, without a server and without changing any of its files: what can be
	// read is read, Append returns ErrReadOnly, and Damage tells what is missing.
	Salvage bool

	Door    *Door    // lets clients in from outside; nil: no port is opened
	Cluster *Cluster // keeps the log in place of an embedded server; nil: the log is in Dir

	ReserveBytes uint64        // below so much free space Append returns events.ErrFull
	AckTimeout   time.Duration // how long one try waits for its acknowledgement before the next
	Stall        time.Duration // a reader that got nothing for so long asks whether it should have
	StartTimeout time.Duration // how long the server may take to recover the log; 5 million commits take some seconds

	// Now is the clock of the lock file and of Room.
	Now func() time.Time
	// Free tells the free bytes where dir lies; nil asks the operating system.
	Free func(dir string) (uint64, error)
	// Wrap, unless nil, puts itself between the server and a new connection of the given role, at each reconnect anew.
	// Tests inject faults there.
	Wrap func(Role, net.Conn) net.Conn
}

// Role is what a connection is for. Each has its own, so that a crowd of readers never delays a commit.
type Role string

// The connections of a log.
const (
	Writer Role = "writer" // Append
	Reader Role = "reader" // Read
	Point  Role = "point"  // Get, End, and what became of a commit

	// Service answers clients from outside; see [Log.Service].
	Service Role = "service"
)

// NewOptions returns the defaults for a log in dir: logs and metrics go nowhere.
func NewOptions(dir string) Options {
	return Options{
		Dir:          dir,
		Logger:       slog.New(slog.DiscardHandler),
		Registerer:   prometheus.NewRegistry(),
		ReserveBytes: DefaultReserve,
		AckTimeout:   5 * time.Second,
		Stall:        3 * time.Second,
		StartTimeout: 5 * time.Minute,
		Now:          time.Now,
		Free:         freeBytes,
	}
}

func (o *Options) validate() error {
	switch {
	case o.Dir == "":
		return errors.New("options of the log: Dir is empty")
	case o.Logger == nil:
		return errors.New("options of the log: Logger is nil")
	case o.Registerer == nil:
		return errors.New("options of the log: Registerer is nil")
	case o.Now == nil:
		return errors.New("options of the log: Now is nil")
	case o.Door != nil && o.Salvage:
		return errors.New("options of the log: Door and Salvage exclude each other, there is no server to let anybody in")
	case o.Cluster != nil && (o.Salvage || o.Door != nil):
		return errors.New("options of the log: Cluster excludes Door and Salvage, there is no server of ours")
	}
	if o.Cluster != nil {
		if err := o.Cluster.validate(); err != nil {
			return err
		}
	}
	if o.Door != nil {
		if err := o.Door.validate(); err != nil {
			return err
		}
	}
	for _, d := range []struct {
		name string
		d    time.Duration
	}{{"AckTimeout", o.AckTimeout}, {"Stall", o.Stall}, {"StartTimeout", o.StartTimeout}} {
		if d.d <= 0 {
			return fmt.Errorf("options of the log: %s is %v, it must be positive", d.name, d.d)
		}
	}
	return nil
}
