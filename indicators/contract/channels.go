package contract

import (
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// Subjects begin with these.
const (
	subjectRequests      = "kaohe.v1."
	subjectAnnouncements = "kaohe.event."
)

// endpoint is one of the service over NATS, by the operations over HTTP that it stands for.
type endpoint struct {
	name       string
	operations []string // by their ids
	about      events.Text
}

var endpoints = []endpoint{
	{"emit", []string{"recordEvents"}, events.Text{ZH: "登记事件", EN: "Record events"}},
	{"scorecard", []string{"scorecard"}, events.Text{ZH: "一个单位一个季度的全部指标", EN: "Every indicator of a unit in a quarter"}},
	{"explain", []string{"explain"}, events.Text{ZH: "一个数由哪些登记组成", EN: "What a figure is made of, event by event"}},
	{"targets", []string{"targets"}, events.Text{ZH: "一年的目标及其调整", EN: "The targets of a year and how they were changed"}},
	{"restatement", []string{"restatement"}, events.Text{ZH: "报出的数后来有什么变动", EN: "What became of published figures"}},
	{"findings", []string{"findings"}, events.Text{ZH: "已登记的事件有哪些可疑之处", EN: "What is odd about the facts"}},
	{"catalogue", []string{"catalogue"}, events.Text{ZH: "单位、事件类型及其字段", EN: "Units, event types and their fields"}},
	{"event", []string{"eventAt", "eventByID"}, events.Text{ZH: "按原样取一条登记", EN: "One event as it was recorded"}},
}

// operationOf finds an operation over HTTP.
func operationOf(id string) *operation {
	for i := range operations {
		if operations[i].id == id {
			return &operations[i]
		}
	}
	panic("contract: no operation " + id)
}

func (e *endpoint) answer() *answer { return &operationOf(e.operations[0]).answers[0] }

// answered is what a question is answered with.
func (d *asyncapi) answered(e *endpoint) object {
	if a := e.answer(); a.of != nil {
		return d.goType(a.of)
	}
	return d.payload(compRecorded)
}

// question is an object of the parameters that the question has over HTTP.
func (d *asyncapi) question(e *endpoint) object {
	known := map[string]parameter{}
	for _, p := range d.events.parameters() {
		known[p.key] = p
	}
	properties := object{}
	var ways []object // of naming what is asked for
	for _, id := range e.operations {
		var required []string
		for _, key := range operationOf(id).parameters {
			p := known[key]
			properties = properties.with(p.name, p.schema.described(p.about))
			if p.required {
				required = append(required, p.name)
			}
		}
		if required != nil {
			ways = append(ways, of("required", required))
		}
	}
	o := of("type", "object", "properties", properties, "additionalProperties", false)
	if ways != nil {
		o = o.with("oneOf", ways)
	}
	return o
}

// requestHeaders are the headers that a request may have, beside the attributes of an event.
func requestHeaders() object {
	return of("type", "object", "properties", of(
		"Kaohe-Atomic", of("type", "string", "enum", []string{"true", "false"}, "description", "All events are recorded by one commit, or none."),
		"Kaohe-Dry-Run", of("type", "string", "enum", []string{"true", "false"}, "description", "Nothing is recorded; the receipt says what would become of each event."),
		"Accept-Language", of("type", "string", "description", "The language of what is for people: zh or en, which is the default.")))
}

// binaryHeaders are those of an event whose attributes are headers.
func (d *asyncapi) binaryHeaders() object {
	properties := requestHeaders()[1].value.(object)
	for _, p := range d.events.headerParameters() {
		properties = properties.with(p.name, p.schema.described(p.about))
	}
	return of("type", "object", "required", []string{"ce-specversion", "ce-type", "ce-time"}, "properties", properties)
}

func replyHeaders() object {
	return of("type", "object", "required", []string{"Kaohe-Status"}, "properties", of(
		"Kaohe-Status", of("type", "string", "pattern", "^[1-5][0-9]{2}$", "description", "The status that the answer has over HTTP."),
		"Content-Language", of("type", "string"),
		"Retry-After", of("type", "string", "description", "After how many seconds the same may be sent again."),
		"Nats-Service-Error", of("type", "string", "description", "From status 400 on: why, in a line."),
		"Nats-Service-Error-Code", of("type", "string", "description", "From status 400 on: the status.")))
}

// channel makes a channel of messages, by their names.
func channel(address any, about string, messages []string) object {
	all := object{}
	for _, name := range messages {
		all = all.with(name, of("$ref", "#/components/messages/"+name))
	}
	o := of("description", about, "servers", []object{of("$ref", "#/servers/nats")}, "messages", all)
	return append(object{{"address", address}}, o...)
}

// within refers to messages of a channel.
func within(channel string, messages []string) []object {
	all := make([]object, len(messages))
	for i, name := range messages {
		all[i] = of("$ref", "#/channels/"+channel+"/messages/"+name)
	}
	return all
}

// serviceChannels are the requests and their replies, which come to an inbox of the asker.
func (d *asyncapi) serviceChannels() (channels, operations object) {
	for _, e := range endpoints {
		asks, answers := []string{"ask." + e.name}, []string{"answer." + e.name, "problem"}
		if e.name == "emit" {
			asks, answers = []string{"batch", "data"}, []string{"receipt", "problem"}
			for _, t := range d.events.sendable() {
				asks = append(asks, t.Name)
			}
		}
		reply := e.name + ".reply"
		channels = channels.with(e.name, channel(subjectRequests+e.name, words(e.about), asks)).
			with(reply, channel(nil, "应答发往请求的 reply 主题\n\nReplies go to the reply subject of the request.", answers))
		operations = operations.with(e.name, of("action", "receive", "title", title(e.about),
			"channel", of("$ref", "#/channels/"+e.name), "messages", within(e.name, asks),
			"reply", of("channel", of("$ref", "#/channels/"+reply), "messages", within(reply, answers))))
	}
	return channels, operations
}

// announcements are the channels on which the events of each type are told, and one for those that concern units without a
// common one above them.
func (d *asyncapi) announcements() (channels, operations object) {
	var all, names []string
	for _, t := range d.heard() {
		message := "recorded." + t.Name
		all, names = append(all, message), append(names, t.Name)
		key := "announced." + t.Name
		c := channel(subjectAnnouncements+t.Name+".{units}", title(t.Title)+"\n\n"+words(t.Description), []string{message})
		channels = channels.with(key, append(c, member{"parameters", of("units", of(
			"description", "The codes of the units from the root down to the event's own, with dots between them.", "enum", d.paths()))}))
		operations = operations.with(key, of("action", "send", "title", title(t.Title), "channel", of("$ref", "#/channels/"+key), "messages", within(key, []string{message})))
	}
	const key = "announced"
	c := channel(subjectAnnouncements+"{type}", "涉及的单位没有共同上级的事件\n\nEvents that concern units without a common one above them.", all)
	channels = channels.with(key, append(c, member{"parameters", of("type", of("description", "The type of event.", "enum", names))}))
	operations = operations.with(key, of("action", "send", "channel", of("$ref", "#/channels/"+key), "messages", within(key, all)))
	return channels, operations
}

// paths are the units of the plan as subjects name them: a dot in a code is ~ there.
func (d *asyncapi) paths() []string {
	orgs := d.Plan.Orgs
	paths := make([]string, orgs.Len())
	for i := range paths {
		var codes []string
		for _, org := range slices.Backward(orgs.Path(i)) {
			codes = append(codes, strings.ReplaceAll(orgs.Org(org).Code, ".", "~"))
		}
		paths[i] = strings.Join(codes, ".")
	}
	return paths
}
