//! The kinds of triggers, and 384 actions in 62 domains, the commonest first.

/// The kinds of triggers, the commonest first.
pub(super) const TRIGGERS: &[&str] = &[
    "state",
    "time",
    "numeric_state",
    "sun",
    "event",
    "template",
    "device",
    "zone",
    "webhook",
    "mqtt",
    "homeassistant",
    "time_pattern",
    "tag",
    "calendar",
    "conversation",
    "geo_location",
    "persistent_notification",
    "light.turned_on",
    "zone.occupancy_detected",
    "sentence",
    "assist_satellite.idle",
    "door.opened",
    "climate.mode_changed",
    "zha_event",
    "battery.low",
];

const DOMAINS: &[(&str, &str)] = &[
    ("light", "turn_on turn_off toggle hue_activate_scene effect"),
    (
        "notify",
        "notify mobile_app_pixel mobile_app_iphone send_message telegram all_devices family discord \
         slack alexa_media html5 pushover gotify matrix signal email mobile_app_galaxy \
         mobile_app_ipad mobile_app_oneplus mobile_app_xiaomi mobile_app_watch mobile_app_tablet \
         whatsapp sms ntfy simplepush kodi lg_tv persistent_notification google_chat mastodon \
         rocketchat apprise mobile_app_anna mobile_app_jan mobile_app_sven mobile_app_nora \
         mobile_app_emma mobile_app_tom everyone parents kids kitchen_display living_room_tv",
    ),
    ("switch", "turn_on turn_off toggle"),
    (
        "homeassistant",
        "turn_on turn_off toggle restart update_entity reload_all save_persistent_states \
         set_location",
    ),
    (
        "script",
        "turn_on turn_off toggle goodnight good_morning notify_all flash_lights announce party_mode \
         leave_home movie_time wake_up lights_out vacuum_kitchen feed_cat water_plants welcome_home \
         guest_mode alarm_siren tv_on tv_off doorbell_chime bath_time coffee_time heating_boost \
         close_all_blinds open_all_blinds laundry_done garage_check fade_in fade_out \
         dinner_lights reading_light nursery_night mow_lawn charge_car pool_pump_on pool_pump_off \
         sauna_on radio_on radio_off dim_hallway porch_light_on trash_reminder vacation_on \
         vacation_off window_warning fire_alarm leak_alarm washing_done tts_kitchen",
    ),
    (
        "media_player",
        "turn_on turn_off volume_set play_media media_pause media_play media_stop select_source \
         media_next_track volume_mute volume_up join unjoin shuffle_set volume_down \
         media_play_pause clear_playlist select_sound_mode repeat_set",
    ),
    ("scene", "turn_on apply create delete reload"),
    (
        "climate",
        "set_temperature set_hvac_mode turn_on turn_off set_preset_mode set_fan_mode set_humidity \
         set_swing_mode",
    ),
    (
        "cover",
        "open_cover close_cover set_cover_position stop_cover toggle set_cover_tilt_position \
         open_cover_tilt close_cover_tilt toggle_cover_tilt stop_cover_tilt",
    ),
    ("input_boolean", "turn_on turn_off toggle reload"),
    ("persistent_notification", "create dismiss dismiss_all"),
    ("automation", "turn_on turn_off trigger toggle reload"),
    ("input_number", "set_value increment decrement reload"),
    (
        "tts",
        "speak cloud_say google_translate_say clear_cache google_say",
    ),
    ("timer", "start cancel pause finish change reload"),
    (
        "input_select",
        "select_option select_next select_previous set_options select_first",
    ),
    (
        "fan",
        "turn_on turn_off set_percentage toggle oscillate set_preset_mode increase_speed \
         set_direction",
    ),
    ("lock", "lock unlock open"),
    (
        "alarm_control_panel",
        "alarm_arm_away alarm_disarm alarm_arm_home alarm_arm_night alarm_trigger \
         alarm_arm_vacation",
    ),
    (
        "vacuum",
        "start return_to_base stop pause send_command clean_spot set_fan_speed locate",
    ),
    ("mqtt", "publish dump reload"),
    ("input_datetime", "set_datetime reload"),
    (
        "camera",
        "snapshot record turn_on turn_off play_stream enable_motion_detection \
         disable_motion_detection",
    ),
    ("input_text", "set_value reload"),
    ("group", "set remove reload"),
    ("counter", "increment reset decrement set_value"),
    (
        "remote",
        "send_command turn_on turn_off learn_command delete_command",
    ),
    (
        "select",
        "select_option select_next select_first select_last select_previous",
    ),
    ("number", "set_value"),
    ("button", "press"),
    ("input_button", "press reload"),
    ("logbook", "log"),
    ("system_log", "write clear"),
    (
        "rest_command",
        "ifttt update_display wake_pc open_gate refresh reload send_webhook set_charger_limit \
         tesla_wake pause_downloads notify_slack",
    ),
    (
        "shell_command",
        "backup reboot_router sync_files git_pull clean_snapshots reload restart_container \
         rotate_logs speedtest tv_power",
    ),
    (
        "todo",
        "add_item remove_item update_item get_items remove_completed_items",
    ),
    ("calendar", "create_event get_events"),
    (
        "water_heater",
        "set_temperature turn_on turn_off set_operation_mode set_away_mode",
    ),
    ("humidifier", "turn_on turn_off set_humidity set_mode toggle"),
    ("siren", "turn_on turn_off toggle"),
    (
        "valve",
        "open_valve close_valve set_valve_position stop_valve toggle",
    ),
    ("update", "install skip clear_skipped"),
    ("weather", "get_forecasts"),
    ("recorder", "purge purge_entities disable enable"),
    (
        "python_script",
        "set_state last_seen reload light_fade hass_entities",
    ),
    (
        "hassio",
        "addon_restart addon_start addon_stop backup_full backup_partial host_reboot host_shutdown",
    ),
    (
        "telegram_bot",
        "send_message send_photo answer_callback_query edit_message send_video delete_message",
    ),
    ("conversation", "process reload"),
    ("wake_on_lan", "send_magic_packet"),
    (
        "zha",
        "issue_zigbee_cluster_command set_zigbee_cluster_attribute permit remove",
    ),
    (
        "zwave_js",
        "set_config_parameter refresh_value set_value ping bulk_set_partial_config_parameters",
    ),
    (
        "sonos",
        "snapshot restore set_sleep_timer clear_sleep_timer play_queue update_alarm",
    ),
    (
        "adaptive_lighting",
        "apply set_manual_control change_switch_settings",
    ),
    (
        "browser_mod",
        "popup close_popup navigate refresh toast notification",
    ),
    ("scheduler", "add edit remove copy run_action enable disable"),
    (
        "esphome",
        "display_text play_rtttl open_relay send_raw set_led calibrate",
    ),
    (
        "xiaomi_miio",
        "vacuum_clean_zone vacuum_goto fan_set_favorite_level switch_set_power_mode \
         remote_learn_command",
    ),
    (
        "pyscript",
        "reload jupyter_kernel_start set_state notify_unavailable lights_sync",
    ),
    (
        "lifx",
        "effect_pulse effect_colorloop set_state effect_stop effect_move effect_flame",
    ),
    ("wled", "effect preset"),
    ("assist_satellite", "announce start_conversation ask_question"),
    ("lawn_mower", "start_mowing dock pause"),
];

/// Every `domain.service`, the commonest first: a service is the rarer, the further down its domain and itself stand.
pub(super) fn by_popularity() -> Vec<String> {
    let mut ranked = Vec::new();
    for (row, (domain, services)) in DOMAINS.iter().enumerate() {
        for (column, service) in services.split_whitespace().enumerate() {
            ranked.push(((row + 1) * (column + 1), format!("{domain}.{service}")));
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, action)| action).collect()
}
