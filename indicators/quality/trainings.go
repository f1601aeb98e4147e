package quality

var (
	attendeesNone = newCheck("DQ-12", "attendees_none", Warn,
		"核对培训人次。",
		"Check the attendances.")
	attendeesMany = newCheck("DQ-12", "attendees_many", Warn,
		"核对培训人次；上限可在方案的 quality.max_attendees 中调整。",
		"Check the attendances; the bound is quality.max_attendees of the plan.")
	attendeesFew = newCheck("DQ-12", "attendees_per_session", Warn,
		"培训人次填各期合计；若填的是每期人次，请用 kaohe correct 更正。",
		"Attendances are those of all sessions together: if this is one session's, correct it with kaohe correct.")
)

// fewAttendees is how many a session of several has at least, unless the number is that of one session.
const fewAttendees = 5

// readTraining looks at the attendances of a training, which are the total of its sessions: DQ-12 of DOMAIN 4.4. It also files the
// training by day, village and topic for DQ-13; without a village nobody can tell two of them apart.
func readTraining(r *reading) {
	attendees, ok := r.data.number("attendees")
	sessions, given := r.data.number("sessions")
	if !given {
		sessions = 1
	}
	switch {
	case !ok || sessions < 1:
	case attendees == 0:
		r.odd(attendeesNone, "培训人次为 0", "the training has no attendances")
	case attendees > r.plan.Quality.MaxAttendees*sessions:
		r.odd(attendeesMany, "%d 期培训有 %d 人次，每期超过 %d 人次", "%[2]d attendances at %[1]d sessions, more than %[3]d each", sessions, attendees, r.plan.Quality.MaxAttendees)
	case sessions > 1 && attendees < fewAttendees*sessions:
		r.odd(attendeesFew, "%d 期培训共 %d 人次，每期不到 %d 人次；若 %[2]d 是每期人次，合计应为 %[4]d", "%[2]d attendances at %[1]d sessions, fewer than %[3]d each; if %[2]d is one session's, all together are %[4]d",
			sessions, attendees, fewAttendees, attendees*sessions)
	}
	if village := r.data.text("village_id"); village != "" {
		r.number(trainingHeld, r.day.String()+"/"+village+"/"+r.core(r.data.text("topic")), "")
	}
}
