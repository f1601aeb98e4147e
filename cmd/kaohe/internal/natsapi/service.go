package natsapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
)

// Name is the service's.
const Name = "kaohe"

// requestTime bounds how long a request may take, beyond what the handler bounds itself.
const requestTime = time.Minute

// headerRoom is what a reply may need for its headers: the server's limit of a message is for both.
const headerRoom = 8 << 10

// Options say what a service works with. All must be set.
type Options struct {
	Connect func(...nats.Option) (*nats.Conn, error) // opens a connection; the service closes what it opens
	Handler http.Handler                             // answers requests over HTTP, by the principal in their context
	// Caller tells by the headers of a message who sends it. It must be quick, and reports false if nobody knows.
	Caller func(h nats.Header) (name string, ok bool)
	// Admit returns the context of a caller's request, in which there is a principal. It reports false if the caller may ask
	// for nothing any more.
	Admit      func(ctx context.Context, caller string) (context.Context, bool)
	ID         string // of this one among services with the same name
	Version    string // of the program
	Now        func() time.Time
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// Calm reports whether one more line may be logged about requests and answers that were lost, and how many were left out
	// before it. Clients can bring about as many as they like; all are counted.
	Calm func() (unsaid int, ok bool)
}

func (o *Options) validate() error {
	for _, field := range []struct {
		name    string
		missing bool
	}{
		{"Connect", o.Connect == nil}, {"Handler", o.Handler == nil}, {"Caller", o.Caller == nil}, {"Admit", o.Admit == nil}, {"ID", o.ID == ""},
		{"Now", o.Now == nil}, {"Logger", o.Logger == nil}, {"Registerer", o.Registerer == nil}, {"Calm", o.Calm == nil},
	} {
		if field.missing {
			return fmt.Errorf("natsapi: Options.%s is not set", field.name)
		}
	}
	return nil
}

// Service answers requests from Start until Stop.
type Service struct {
	Options
	lines
	metrics *metrics
	events  *gate
	asked   *gate
	room    int // bytes of an answer
	subs    []*nats.Subscription

	life context.Context // of the requests; ends when there is no time left to answer them
	end  context.CancelFunc
	work sync.WaitGroup // the requests that were taken in
}

// Start begins to answer and lets the service be found.
func Start(o Options) (*Service, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	s := &Service{Options: o, events: newGate(false), asked: newGate(true)}
	s.life, s.end = context.WithCancel(context.Background())
	if err := s.start(); err != nil {
		s.end()
		s.lines.close()
		return nil, err
	}
	return s, nil
}

func (s *Service) start() (err error) {
	if s.metrics, err = newMetrics(s.Registerer); err != nil {
		return err
	}
	if s.lines, err = open(s.Connect, s.lostRequests); err != nil {
		return err
	}
	s.room = int(s.in.MaxPayload()) - headerRoom
	for i := range endpoints {
		if err := s.add(&endpoints[i]); err != nil {
			return err
		}
	}
	if err := s.beFound(); err != nil {
		return err
	}
	return s.in.Flush()
}

// add subscribes to the requests of an endpoint. The queue group lets several daemons share them.
func (s *Service) add(e *endpoint) error {
	sub, err := s.in.QueueSubscribe(prefix+e.name, micro.DefaultQueueGroup, func(m *nats.Msg) { s.take(e, m) })
	if err == nil {
		err = sub.SetPendingLimits(maxWaiting, maxBytes)
	}
	if err != nil {
		return fmt.Errorf("subscribe to %s: %w", prefix+e.name, err)
	}
	s.subs = append(s.subs, sub)
	return nil
}

// Stop lets nothing more in, answers what was taken in, and closes the connections. When ctx ends first it breaks that off.
func (s *Service) Stop(ctx context.Context) error {
	defer s.lines.close()
	defer s.end()
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	var err error
	for _, sub := range s.subs {
		err = errors.Join(err, sub.Drain())
	}
	if err == nil {
		err = s.in.FlushWithContext(ctx) // what arrived before is in our queues now
	}
	if err == nil {
		err = s.drained(ctx)
	}
	if err == nil {
		err = s.lines.flush(ctx)
	}
	if err != nil {
		return fmt.Errorf("answer open requests: %w", err)
	}
	return nil
}

// drained waits until all that arrived is answered.
func (s *Service) drained(ctx context.Context) error {
	done := make(chan struct{})
	err := s.in.Barrier(func() { // when all queues are empty
		go func() {
			s.work.Wait()
			close(done)
		}()
	})
	if err != nil {
		return err
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take takes a request in. The library hands them over one by one, so this must be quick.
func (s *Service) take(e *endpoint, m *nats.Msg) {
	g := s.asked
	if e.emits {
		g = s.events
	} else if m.Reply == "" {
		return // nobody wants to know
	}
	caller, ok := s.Caller(m.Header)
	if !ok {
		s.refuse(e, m, &unauthenticated)
		return
	}
	size := len(m.Data)
	if !g.enter(caller, size) {
		s.refuse(e, m, &overloaded)
		return
	}
	s.work.Go(func() {
		defer g.leave(caller, size)
		s.serve(caller, e, g, m)
	})
}

// serve answers a request that was taken in.
func (s *Service) serve(caller string, e *endpoint, g *gate, m *nats.Msg) {
	ctx, cancel := context.WithTimeout(s.life, requestTime)
	defer cancel()
	ctx, ok := s.Admit(ctx, caller)
	if !ok {
		s.refuse(e, m, &unauthenticated)
		return
	}
	begin := s.Now()
	end, err := g.turn(ctx)
	if err != nil {
		s.refuse(e, m, &overloaded)
		return
	}
	defer end()
	request, problem := e.translate(ctx, headers(m.Header), m.Data)
	if problem != nil {
		s.refuse(e, m, problem)
		return
	}
	a := newAnswer(s.room)
	switch whole := s.handle(a, request); {
	case !whole:
		a = s.problem(m, &internal)
	case a.over:
		a = s.problem(m, e.tooLarge(s.room))
	}
	a.WriteHeader(http.StatusOK) // unless it was written
	s.metrics.observe(e.name, a.status, s.Now().Sub(begin))
	line := s.answers
	if e.emits {
		line = s.receipts
	}
	s.reply(line, m, a)
}

// handle lets the handler answer. Like a server of HTTP it goes on if that panics.
func (s *Service) handle(a *answer, r *http.Request) (whole bool) {
	defer func() {
		if v := recover(); v != nil {
			s.Logger.Error("the handler of a request panicked", "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
		}
	}()
	s.Handler.ServeHTTP(a, r)
	return true
}

// refuse answers a request that does not come as far as the handler.
func (s *Service) refuse(e *endpoint, m *nats.Msg, p *problem) {
	s.metrics.observe(e.name, p.status, 0)
	if m.Reply != "" {
		s.reply(s.receipts, m, s.problem(m, p))
	}
}

func (s *Service) problem(m *nats.Msg, p *problem) *answer {
	a := newAnswer(s.room)
	lang := intake.LangOf(&http.Request{Header: headers(m.Header)})
	if p == &overloaded {
		a.Header().Set("Retry-After", "1")
	}
	p.write(a, lang)
	return a
}

func (s *Service) reply(line *nats.Conn, m *nats.Msg, a *answer) {
	if m.Reply == "" {
		return
	}
	if err := line.PublishMsg(a.message(m.Reply)); err != nil {
		s.lose("an answer was lost", m.Subject, err)
	}
}

var overloaded = problem{http.StatusTooManyRequests, "overloaded",
	events.Text{ZH: "正在处理的请求过多", EN: "too many requests are being worked on"},
	events.Text{ZH: "请稍候重发，重复发送不会重复记录", EN: "Wait a little and send it again; nothing is recorded twice."}}

var unauthenticated = problem{http.StatusUnauthorized, "unauthenticated",
	events.Text{ZH: "需要身份认证", EN: "authentication needed"},
	events.Text{ZH: "令牌已撤销或过期，请用有效的令牌重新连接", EN: "The token was revoked or has expired; connect anew with one that is valid."}}

var internal = problem{http.StatusInternalServerError, "internal",
	events.Text{ZH: "内部错误", EN: "internal error"},
	events.Text{ZH: "详情见服务器日志", EN: "The server's log says more."}}
