package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/kaohe/kaohe/events/intake"
)

// lastWait bounds how long an interrupted import waits for the answers to what it has sent.
const lastWait = 5 * time.Second

// again says after how long a batch is sent again that found no server, and how often: a line that was cut for a moment
// must not end an import. Repeating is safe.
var again = []time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second}

// importPatience bounds how long a batch waits for a server that says, again and again, when to come back.
const importPatience = 2 * time.Minute

// shipping sends batches and hands them on as they were read, a few at once.
type shipping struct {
	cl      *client
	dryRun  bool
	offline func() bool // nobody is to be asked any more
	now     func() time.Time

	pending []*batch // of which some may still be on their way
}

// run sends all batches and calls settle with each, in the order of the file. It ends when the file does, with the first
// error, or with the context: then it still settles what was sent.
func (s *shipping) run(ctx context.Context, rows *batches, settle func(*batch) error) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	sending, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWait, cut) })()
	queue := make(chan *batch, inFlight-1)
	var readErr error
	go func() {
		defer close(queue)
		readErr = rows.each(reading, func(b *batch) bool { return s.launch(reading, sending, queue, b) })
	}()
	var err error
	for b := range queue {
		<-b.done
		if err == nil {
			if err = settle(b); err != nil {
				stop()
			}
		}
	}
	if err == nil {
		err = readErr
	}
	if err == nil {
		err = ctx.Err()
	}
	return err
}

// launch puts a batch in its place and sends it. What is about other events waits for them, and they for it.
func (s *shipping) launch(reading, sending context.Context, queue chan<- *batch, b *batch) bool {
	if len(s.pending) > 0 && (b.alone || s.pending[len(s.pending)-1].alone) {
		for _, before := range s.pending {
			<-before.done
		}
		s.pending = s.pending[:0]
	}
	if s.pending = append(s.pending, b); len(s.pending) > inFlight+1 {
		s.pending = s.pending[1:]
	}
	select {
	case queue <- b:
	case <-reading.Done():
		return false
	}
	go func() {
		defer close(b.done)
		if b.events > 0 {
			b.answers, b.err = s.send(sending, b.list())
		}
	}()
	return true
}

// send sends events until they are answered, or until there is no use in trying. What the server does not take as a whole,
// though something is wrong with one of them only, is sent by halves.
func (s *shipping) send(ctx context.Context, list [][]byte) ([]intake.EventAnswer, error) {
	a, err := s.post(ctx, list)
	if err != nil {
		return nil, err
	}
	var receipt intake.Answer
	switch {
	case json.Unmarshal(a.body, &receipt) == nil && len(receipt.Events) == len(list):
		return receipt.Events, nil
	case !blamed(a.status):
		return nil, s.cl.problem(a)
	case len(list) == 1:
		return []intake.EventAnswer{{Status: intake.StatusRefused, Error: wholly(a)}}, nil
	}
	half := len(list) / 2
	one, err := s.send(ctx, list[:half])
	if err != nil {
		return nil, err
	}
	other, err := s.send(ctx, list[half:])
	return append(one, other...), err
}

// post posts events, again and again if need be.
func (s *shipping) post(ctx context.Context, list [][]byte) (answer, error) {
	path := "/v1/events"
	if s.dryRun {
		path += "?dry_run=true"
	}
	body, begin := slices.Concat([]byte("["), bytes.Join(list, []byte(",")), []byte("]")), s.now()
	for lost := 0; ; {
		if s.offline() {
			return answer{}, errOffline
		}
		a, err := s.cl.do(ctx, http.MethodPost, path, intake.MediaBatch, body)
		away, wait := s.cl.outOfReach(a, err), time.Duration(0)
		switch {
		case away == nil:
			return a, err
		case a.retry != nil && s.now().Sub(begin)+*a.retry < importPatience:
			wait = max(*a.retry, breath)
		case err != nil && lost < len(again):
			wait = again[lost]
			lost++
		default:
			return answer{}, away
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return answer{}, ctx.Err()
		}
	}
}

// errOffline stands for what was not sent as the server is known to be away.
var errOffline = errors.New("not sent")
