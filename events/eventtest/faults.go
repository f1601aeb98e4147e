package eventtest

import (
	"context"
	"fmt"
	"net"
	"sync"
)

// Fault is what happens to one publish or to its acknowledgement.
type Fault int

// The faults that a writer meets.
const (
	None        Fault = iota // all goes well
	LosePublish              // the publish never reaches the server: a time-out, nothing stored
	LoseAck                  // the server stores and answers, but the answer is lost: a time-out, stored
	HoldAck                  // the answer waits for [Faults.Release]: it comes late
	CutPublish               // the connection breaks in the middle of the publish: nothing stored
	CutAck                   // the connection breaks when the answer arrives: stored
)

func (f Fault) String() string {
	names := []string{"none", "publish lost", "acknowledgement lost", "acknowledgement held", "cut in the publish", "cut before the acknowledgement"}
	if f < 0 || int(f) >= len(names) {
		return fmt.Sprintf("Fault(%d)", int(f))
	}
	return names[f]
}

// Faults injects faults into connections between a NATS client and its server. It looks at publishes to one subject, in
// their order over all connections that it wraps, and does to each what the script says. When the script is through,
// all goes well again.
//
//	faults := eventtest.NewFaults(natslog.Subject)
//	opts.Wrap = func(r natslog.Role, c net.Conn) net.Conn {
//		if r == natslog.Writer {
//			return faults.Conn(c)
//		}
//		return c
//	}
//	...
//	faults.Script(eventtest.HoldAck)  // the next commit is stored, its writer does not hear of it
//	go emit(event)
//	faults.AwaitHeld(ctx)             // now it is in flight
//	emit(event)                       // what happens to a repeat?
//	faults.Release()
type Faults struct {
	subject string

	mu        sync.Mutex
	script    []Fault
	published int
	losing    int              // deliveries yet to lose
	acks      map[string]Fault // by reply subject
	held      []func()         // delivers the held answers
	changed   chan struct{}    // closed and replaced whenever held grows
}

// NewFaults returns faults for publishes to the subject. Its script is empty.
func NewFaults(subject string) *Faults {
	return &Faults{subject: subject, acks: make(map[string]Fault), changed: make(chan struct{})}
}

// Script says what happens to the next publishes, one fault each, after those already scripted.
func (f *Faults) Script(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = append(f.script, faults...)
}

// Clear forgets the rest of the script.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = nil
}

// LoseDeliveries loses the next n messages that come from a consumer of a stream.
func (f *Faults) LoseDeliveries(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.losing = n
}

// Published returns how many publishes to the subject the client has made, whatever became of them.
func (f *Faults) Published() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.published
}

// Pending returns how many faults of the script have not happened yet.
func (f *Faults) Pending() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.script)
}

// AwaitHeld waits until an acknowledgement is held.
func (f *Faults) AwaitHeld(ctx context.Context) error {
	for {
		f.mu.Lock()
		n, changed := len(f.held), f.changed
		f.mu.Unlock()
		if n > 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for a held acknowledgement: %w", context.Cause(ctx))
		}
	}
}

// Release delivers what is held, in order.
func (f *Faults) Release() {
	f.mu.Lock()
	held := f.held
	f.held = nil
	f.mu.Unlock()
	for _, deliver := range held {
		deliver()
	}
}

// publish decides about a frame from the client.
func (f *Faults) publish(fr frame) Fault {
	if fr.subject != f.subject {
		return None
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.published++
	if len(f.script) == 0 {
		return None
	}
	fault := f.script[0]
	f.script = f.script[1:]
	if fault == LoseAck || fault == HoldAck || fault == CutAck {
		f.acks[fr.reply] = fault
		return None
	}
	return fault
}

// answer decides about a frame from the server; deliver brings it to the client later.
func (f *Faults) answer(fr frame, deliver func()) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.losing > 0 && isDelivery(fr) {
		f.losing--
		return LoseAck
	}
	fault, ok := f.acks[fr.subject]
	if !ok {
		return None
	}
	delete(f.acks, fr.subject)
	if fault == HoldAck {
		f.held = append(f.held, deliver)
		close(f.changed)
		f.changed = make(chan struct{})
	}
	return fault
}

// Conn wraps one connection of a client, as soon as it is made.
func (f *Faults) Conn(c net.Conn) net.Conn {
	w := &conn{Conn: c, faults: f}
	w.ready = sync.NewCond(&w.mu)
	go w.pump()
	return w
}
